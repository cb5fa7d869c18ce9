using AccountGrid.Benchmarks.Baselines;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Load;
using AccountGrid.Testing;
using AccountGrid.V1;
using Google.Protobuf;

namespace AccountGrid.Benchmarks;

/// <summary>
/// What both read benchmarks share: a silo with accounts, and a baseline that answers one of these accounts always.
/// </summary>
internal abstract class ReadBenchmark : IBenchmark
{
    private const int Accounts = 1_000;
    private const string Ours = "silo";

    public abstract string Name { get; }

    public abstract string Summary { get; }

    public virtual string? Missing => null;

    /// <summary>The database under it.</summary>
    protected virtual StoreKind Store => StoreKind.Sqlite;

    /// <summary>Over the table.</summary>
    protected abstract string Title { get; }

    /// <summary>Callers at a time.</summary>
    protected abstract int Lanes { get; }

    /// <summary>How the work is called in the table.</summary>
    protected abstract string Work { get; }

    /// <summary>What ours / baseline must be at least.</summary>
    protected abstract double Goal { get; }

    /// <summary>What a reader must know.</summary>
    protected abstract IReadOnlyList<string> Notes { get; }

    public async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var arena = Arena.Create(Store, options);
        await using var silo = await arena.StartSiloAsync(Ours, Accounts, null, cancellationToken);
        await using var baseline = await StartBaselineAsync(arena, silo, Accounts, cancellationToken);

        var token = silo.Token(SiloUnderTest.Service, "service");
        var ours = new ReadServer(
            silo.Http, silo.Grpc, () => ProcessorTime.Of(silo.ProcessId) + arena.DatabaseTime(Ours),
            AnswersTheSame: false);
        var series = await Rounds.RunAsync(
            options.Rounds,
            warmUps: 2,
            [
                new Contender("baseline",
                    round => MeasureAsync(baseline.Server, token, options.LengthOf(round), cancellationToken)),
                new Contender("ours", round => MeasureAsync(ours, token, options.LengthOf(round), cancellationToken)),
            ],
            cancellationToken);

        return new Report(
            Title,
            [Row.Compare(Work, series[0], series[1], Units.PerSecond, Harness.Goal.RatioAtLeast(Goal)),
                Row.CompareCpu("  the server's processor time per read", series[0], series[1])],
            null,
            [await VerifyAsync(silo, cancellationToken)],
            Notes);
    }

    /// <summary>Runs one measurement against a server.</summary>
    /// <param name="http">The server's HTTP/JSON address.</param>
    /// <param name="grpc">The server's gRPC address.</param>
    /// <param name="token">For it.</param>
    /// <param name="script">What to read.</param>
    /// <param name="duration">How long.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    protected abstract Task<LoadResult> LoadAsync(
        Uri http, Uri grpc, string token, ILoadScript script, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>The encoded read of an account.</summary>
    protected abstract ReadOnlyMemory<byte> Encode(Uri http, string token, long id);

    /// <summary>Throws unless an answer is that of the account.</summary>
    protected abstract void Check(long id, ReadOnlySpan<byte> answer);

    /// <summary>
    /// Starts what ours is compared with: by default a service that answers one of the accounts always.
    /// </summary>
    protected virtual async Task<ReadBaseline> StartBaselineAsync(
        Arena arena, SiloProcess silo, int accounts, CancellationToken cancellationToken)
    {
        const string Place = "baseline";
        var constant = await SiloUnderTest.Accounts(silo)
            .GetAccountAsync(new GetAccountRequest { Id = 1 }, cancellationToken: cancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(arena.DirectoryOf(Place), BaselineCommand.AnswerFile),
            constant.ToByteArray(), cancellationToken);
        var process = await BaselineProcess.StartAsync(BaselineKind.Constant, SiloUnderTest.KeyFile(silo),
            arena.DirectoryOf(Place), 0, null, null, cancellationToken);
        return new ReadBaseline(
            new ReadServer(process.Http, process.Grpc, () => ProcessorTime.Of(process.Id), AnswersTheSame: true),
            process);
    }

    private async Task<Sample> MeasureAsync(
        ReadServer server, string token, TimeSpan length, CancellationToken cancellationToken)
    {
        var script = new ReadScript(
            [.. Enumerable.Range(1, Accounts).Select(id => Encode(server.Http, token, id))],
            (index, answer) => Check(server.AnswersTheSame ? 1 : index + 1, answer));
        var before = server.ProcessorTime();
        var result =
            (await LoadAsync(server.Http, server.Grpc, token, script, length, cancellationToken)).ThrowIfFailed();
        return new Sample(result.Rate, (server.ProcessorTime() - before) / result.Completed);
    }

    private static async Task<string> VerifyAsync(SiloProcess silo, CancellationToken cancellationToken)
    {
        foreach (var account in await SiloUnderTest.ReadAllAsync(
            silo, Enumerable.Range(1, Accounts).Select(i => (long)i), cancellationToken))
        {
            VerificationException.ThrowUnlessEqual(AccountSeeder.HandleOf(account.Id), account.Handle, "Handle");
            VerificationException.ThrowUnlessEqual(
                (Account.Types.Status.Active, 1L), (account.Status, account.Version), $"Account {account.Id}");
        }

        return $"every 509th answer was that of the account asked for; all {Accounts:#,0} accounts are unchanged";
    }

    /// <summary>Somebody who is read from.</summary>
    /// <param name="Http">The HTTP/JSON address.</param>
    /// <param name="Grpc">The gRPC address.</param>
    /// <param name="ProcessorTime">Seconds so far of everything that serves the read.</param>
    /// <param name="AnswersTheSame">Whether it answers account 1 whatever it is asked.</param>
    protected sealed record ReadServer(Uri Http, Uri Grpc, Func<double> ProcessorTime, bool AnswersTheSame);

    /// <summary>A baseline and what must be ended after it.</summary>
    protected sealed class ReadBaseline(ReadServer server, params IAsyncDisposable[] parts) : IAsyncDisposable
    {
        /// <summary>Where it serves.</summary>
        public ReadServer Server => server;

        public async ValueTask DisposeAsync()
        {
            foreach (var part in parts)
            {
                await part.DisposeAsync();
            }
        }
    }
}
