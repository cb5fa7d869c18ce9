using AccountGrid.Benchmarks.Baselines;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Load;
using AccountGrid.Testing;
using AccountGrid.V1;
using Google.Protobuf;

namespace AccountGrid.Benchmarks;

/// <summary>What both read benchmarks share: a silo with accounts, and a baseline that answers one of these accounts always.</summary>
internal abstract class ReadBenchmark : IBenchmark
{
    private const int Accounts = 1_000;

    public abstract string Name { get; }

    public abstract string Summary { get; }

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
        using var directory = WorkDirectory.Create(options);
        await AccountSeeder.SeedAsync(directory.Sub("silo"), Accounts, cancellationToken);
        await using var silo = await SiloUnderTest.StartAsync(directory.Sub("silo"), null, cancellationToken);
        var constant = await SiloUnderTest.Accounts(silo).GetAccountAsync(new GetAccountRequest { Id = 1 }, cancellationToken: cancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(directory.Sub("baseline"), BaselineCommand.AnswerFile), constant.ToByteArray(), cancellationToken);
        await using var baseline = await BaselineProcess.StartAsync(
            BaselineKind.Constant, SiloUnderTest.KeyFile(silo), directory.Sub("baseline"), 0, null, cancellationToken);

        var token = silo.Token(SiloUnderTest.Service, "service");
        var series = await Rounds.RunAsync(
            options.Rounds,
            warmUps: 2,
            [
                new Contender("baseline", round => MeasureAsync(baseline, token, options.LengthOf(round), cancellationToken)),
                new Contender("ours", round => MeasureAsync(silo, token, options.LengthOf(round), cancellationToken)),
            ],
            cancellationToken);

        return new Report(
            Title,
            [Row.Compare(Work, series[0], series[1], Units.PerSecond, Harness.Goal.RatioAtLeast(Goal)), Row.CompareCpu("  the server's processor time per read", series[0], series[1])],
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
    protected abstract Task<LoadResult> LoadAsync(Uri http, Uri grpc, string token, ILoadScript script, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>The encoded read of an account.</summary>
    protected abstract ReadOnlyMemory<byte> Encode(Uri http, string token, long id);

    /// <summary>Throws unless an answer is that of the account.</summary>
    protected abstract void Check(long id, ReadOnlySpan<byte> answer);

    private Task<Sample> MeasureAsync(SiloProcess silo, string token, TimeSpan length, CancellationToken cancellationToken) =>
        MeasureAsync(silo.Http, silo.Grpc, silo.ProcessId, token, Check, length, cancellationToken);

    // The baseline says the same whatever it is asked.
    private Task<Sample> MeasureAsync(BaselineProcess baseline, string token, TimeSpan length, CancellationToken cancellationToken) =>
        MeasureAsync(baseline.Http, baseline.Grpc, baseline.Id, token, (_, answer) => Check(1, answer), length, cancellationToken);

    private async Task<Sample> MeasureAsync(
        Uri http, Uri grpc, int processId, string token, AnswerCheck check, TimeSpan length, CancellationToken cancellationToken)
    {
        var script = new ReadScript([.. Enumerable.Range(1, Accounts).Select(id => Encode(http, token, id))], (index, answer) => check(index + 1, answer));
        var before = ProcessorTime.Of(processId);
        var result = (await LoadAsync(http, grpc, token, script, length, cancellationToken)).ThrowIfFailed();
        return new Sample(result.Rate, (ProcessorTime.Of(processId) - before) / result.Completed);
    }

    private static async Task<string> VerifyAsync(SiloProcess silo, CancellationToken cancellationToken)
    {
        foreach (var account in await SiloUnderTest.ReadAllAsync(silo, Enumerable.Range(1, Accounts).Select(i => (long)i), cancellationToken))
        {
            VerificationException.ThrowUnlessEqual(AccountSeeder.HandleOf(account.Id), account.Handle, "Handle");
            VerificationException.ThrowUnlessEqual((Account.Types.Status.Active, 1L), (account.Status, account.Version), $"Account {account.Id}");
        }

        return $"every 509th answer was that of the account asked for; all {Accounts:#,0} accounts are unchanged";
    }

    private delegate void AnswerCheck(long id, ReadOnlySpan<byte> answer);
}
