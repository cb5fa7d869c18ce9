using System.Diagnostics;
using System.Globalization;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Load;
using AccountGrid.Testing;
using AccountGrid.V1;

namespace AccountGrid.Benchmarks;

/// <summary>A restore through one silo's gateway, until every other silo's gateway shows it.</summary>
internal sealed class RestoreVisibleBenchmark : IBenchmark
{
    private const int Silos = 3;
    private const int RestoresPerRound = 60;
    private const int Accounts = 300;
    private const int LoadClients = 16;

    public string Name => "restore-visible";

    public string Summary =>
        "three silos, restore through one gateway until every other shows it (p99 <= 50 ms, 0 stale reads through the one that answered)";

    public string? Missing => PostgresServer.Missing;

    public async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var arena = new PostgresArena(options, delay: null);
        var load = new TransitionScript(LoadClients, Accounts + 1, byOwner: true);
        await using var cluster = await ClusterUnderTest.StartAsync(
            arena, "cluster", Silos, Accounts + TransitionScript.AccountsOf(LoadClients), withGateway: false, null,
            cancellationToken);
        var (quiet, busy) = (new Observations(), new Observations());
        await MeasureAsync(cluster, new Observations(), first: 0, cancellationToken);
        for (var round = 0; round < options.Rounds; round++)
        {
            Progress.Report($"round {round + 1} of {options.Rounds}");
            await MeasureAsync(cluster, quiet, round * RestoresPerRound, cancellationToken);
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var running = LoadUntilAsync(cluster, load, enough.Token);
            await MeasureAsync(cluster, busy, round * RestoresPerRound, cancellationToken);
            await enough.CancelAsync();
            await running;
        }

        return new Report(
            $"restores through one of {Silos} silos, read through the others meanwhile, {arena.Description}",
            [.. Rows("", quiet), .. Rows($", while {LoadClients} clients deactivate and restore", busy)],
            arena.MeasureSync(),
            [await VerifyAsync(cluster, load, (options.Rounds * 2) + 1, cancellationToken)],
            [
                "from the restore's answer to the end of the first read through another silo that shows it; two readers ask without pause, one at each other silo, and a third at the one that answered; stale: a read begun after the answer that does not show it",
                "an account is one activation, and a silo answers reads from memory for its own activations alone: a read through any other silo asks that one, so that there is nothing to wait for but the read itself",
            ]);
    }

    private static IEnumerable<Row> Rows(string suffix, Observations seen)
    {
        seen.Visible.Sort();
        yield return new Row("visible through the other silos, p50" + suffix, null,
            Statistics.Quantile(seen.Visible, 0.5), null, Units.Time, Goal.None);
        yield return new Row("visible through the other silos, p99" + suffix, null,
            Statistics.Quantile(seen.Visible, 0.99), null, Units.Time, Goal.OursAtMost(0.05, "50 ms"));
        yield return new Row(
            "visible through the other silos, longest" + suffix, null, seen.Visible[^1], null, Units.Time, Goal.None);
        yield return new Row("stale reads through the silo that answered" + suffix, null, seen.StaleHere, null,
            Units.Count, Goal.OursAtMost(0, "0"));
        yield return new Row(
            "stale reads through the others" + suffix, null, seen.StaleElsewhere, null, Units.Count, Goal.None);
        yield return new Row("reads begun after an answer" + suffix, null, seen.Reads, null, Units.Count, Goal.None);
    }

    private static async Task MeasureAsync(
        ClusterUnderTest cluster, Observations seen, int first, CancellationToken cancellationToken)
    {
        for (var i = 0; i < RestoresPerRound; i++)
        {
            await RestoreAsync(cluster, 1 + ((first + i) % Accounts), (first + i) % Silos, seen, cancellationToken);
        }
    }

    private static async Task RestoreAsync(
        ClusterUnderTest cluster, long id, int through, Observations seen, CancellationToken cancellationToken)
    {
        var client = cluster.AccountsAt(cluster.Silos[through].Grpc, out var call);
        call = call.WithCancellationToken(cancellationToken);
        await client.DeactivateAccountAsync(
            new DeactivateAccountRequest { Id = id, Reason = "OWNER_REQUEST", Owner = true }, call);

        // Everybody has seen it down, and is in the middle of reading, when it comes back.
        var answered = new AnswerTime();
        var down =
            cluster.Silos.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
                .ToArray();
        var readers =
            cluster.Silos.Select(
                (silo, i) =>
                    Task.Run(() => ReadUntilUpAsync(cluster, silo.Grpc, id, down[i], answered, cancellationToken),
                        cancellationToken)).ToArray();
        await Task.WhenAll(down.Select(d => d.Task)).WaitAsync(cancellationToken);
        await client.RestoreAccountAsync(
            new RestoreAccountRequest { Id = id, Reason = "OWNER_REQUEST", Owner = true }, call);
        answered.At = Stopwatch.GetTimestamp();
        var results = await Task.WhenAll(readers);
        for (var i = 0; i < results.Length; i++)
        {
            seen.Reads += results[i].Reads;
            if (i == through)
            {
                seen.StaleHere += results[i].Stale;
            }
            else
            {
                seen.StaleElsewhere += results[i].Stale;
                seen.Visible.Add(
                    (float)Math.Max(0, Stopwatch.GetElapsedTime(answered.At, results[i].SeenAt).TotalSeconds));
            }
        }
    }

    /// <summary>Reads until a read that was begun after the answer shows the account up.</summary>
    private static async Task<(long SeenAt, long Reads, long Stale)> ReadUntilUpAsync(
        ClusterUnderTest cluster, Uri silo, long id, TaskCompletionSource down, AnswerTime answered,
        CancellationToken cancellationToken)
    {
        var client = cluster.AccountsAt(silo, out var call);
        var (seenAt, reads, stale) = (0L, 0L, 0L);
        while (true)
        {
            var begun = Stopwatch.GetTimestamp();
            var account = await client.GetAccountAsync(
                new GetAccountRequest { Id = id }, call.WithCancellationToken(cancellationToken));
            var (ended, at) = (Stopwatch.GetTimestamp(), answered.At);
            var after = at != 0 && begun > at;
            reads += after ? 1 : 0;
            if (account.Status != Account.Types.Status.Active)
            {
                down.TrySetResult();
                (seenAt, stale) = (0, stale + (after ? 1 : 0));
                continue;
            }

            seenAt = seenAt == 0 ? ended : seenAt;
            if (after)
            {
                return (seenAt, reads, stale);
            }
        }
    }

    private static async Task LoadUntilAsync(ClusterUnderTest cluster, TransitionScript load, CancellationToken enough)
    {
        var token = cluster.Token();
        while (!enough.IsCancellationRequested)
        {
            (await new GrpcLoad([.. cluster.Silos.Select(s => s.Grpc)], _ => token, TransitionScript.Methods)
                .RunAsync(load, LoadClients, TimeSpan.FromMilliseconds(500), CancellationToken.None)).ThrowIfFailed();
        }
    }

    private static async Task<string> VerifyAsync(
        ClusterUnderTest cluster, TransitionScript load, int measurements, CancellationToken cancellationToken)
    {
        foreach (var account in await SiloUnderTest.ReadAllAsync(
            cluster.Silos[^1], Enumerable.Range(1, Accounts).Select(i => (long)i), cancellationToken))
        {
            VerificationException.ThrowUnlessEqual(
                Account.Types.Status.Active, account.Status, $"Account {account.Id}");
        }

        var transitions = load.Acknowledged + (2L * RestoresPerRound * measurements);
        return $"all accounts up; {await SiloUnderTest.VerifyAuditAsync(cluster.Silos[0], transitions, cancellationToken)}, of which {string.Create(CultureInfo.InvariantCulture, $"{transitions:#,0}")} were acknowledged here";
    }

    /// <summary>
    /// When the restore was answered, as <see cref="Stopwatch.GetTimestamp"/> counts; 0 = not yet. Written by one
    /// thread, read by others.
    /// </summary>
    private sealed class AnswerTime
    {
        private long _at;

        public long At
        {
            get => Volatile.Read(ref _at);
            set => Volatile.Write(ref _at, value);
        }
    }

    private sealed class Observations
    {
        public List<float> Visible { get; } = [];

        public long StaleHere { get; set; }

        public long StaleElsewhere { get; set; }

        public long Reads { get; set; }
    }
}
