using AccountGrid.Benchmarks.Baselines;
using AccountGrid.Benchmarks.Harness;

namespace AccountGrid.Benchmarks;

/// <summary>Follows over many accounts.</summary>
internal sealed class FollowsWideBenchmark(StoreKind store) : FollowsBenchmark(store)
{
    private const string Silo = "ours", Alone = "ours, every follow alone", Batched = "peer, batches of 10,000";
    private static readonly TimeSpan HonestSync = TimeSpan.FromMilliseconds(1);

    public override string Summary =>
        $"follows scattered over 10,000 accounts on {Store} against the batched peer (>= 2x)";

    protected override string OwnName => "follows-wide";

    protected override int Accounts => 10_000;

    public override async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var rows = new List<Row>();
        var verified = new List<string>();
        var notes = new List<string>
        {
            "both stream the same messages over 2 gRPC streams with the same JWT auth; every account gets its share of each message",
            "baseline: the peer in a process of its own, prepared; sorts a message's edges by account, commits them with all counts in one transaction" + (Store == StoreKind.Sqlite ? "" : ", one round trip: unnest"),
            "ours gathers 50,000 follows of a stream, which gives an account five of them at a time; alone: 10,000, so that no call and no count is shared",
        };
        var (disk, description) = await RunOnceAsync(options, null, rows, verified, cancellationToken);
        if (Store == StoreKind.Sqlite)
        {
            notes.Add("the design sets the goal against PostgreSQL");
        }
        else
        {
            using var slow = await SyncDelay.TryCreateAsync(HonestSync, cancellationToken);
            if (slow is null)
            {
                notes.Add("not repeated with 1 ms added per sync: there is no C compiler here");
            }
            else
            {
                await RunOnceAsync(options, slow, rows, verified, cancellationToken);
            }
        }

        return new Report($"follows scattered over 10,000 accounts, ours against the batched peer, {description}", rows,
            disk, verified, notes);
    }

    private async Task<(SyncCost Disk, string Description)> RunOnceAsync(
        BenchmarkOptions options, SyncDelay? delay, List<Row> rows, List<string> verified,
        CancellationToken cancellationToken)
    {
        await using var arena = Arena.Create(Store, options, delay);
        await using var silo = await arena.StartSiloAsync(Silo, Accounts, null, cancellationToken);
        await using var alone =
            await arena.StartSiloAsync(
                Alone, Accounts, new Dictionary<string, string> { [SiloSettings.IngestBatch] = "10000" },
                cancellationToken);
        await using var peerProcess =
            await arena.StartPeerAsync(BaselineKind.PeerBatch, Batched, silo, Accounts, null, cancellationToken);
        using var peer = Peer(arena, Batched, peerProcess, silo, 10_000, FollowsPerRound, cancellationToken);
        using var ours = Ours(arena, Silo, silo, cancellationToken);
        using var oursAlone = Ours(arena, Alone, alone, cancellationToken);

        var series = await Rounds.RunAsync(
            options.Rounds, warmUps: 2, [peer.AsContender(), ours.AsContender(), oursAlone.AsContender()],
            cancellationToken);
        await peerProcess.DisposeAsync();
        var suffix = delay is null ? "" : ", +1 ms per sync";
        rows.Add(
            Row.Compare("batches of 10,000 follows" + suffix, series[0], series[1], Units.PerSecond,
                Goal.RatioAtLeast(2)));
        rows.Add(Row.CompareCpu("  processor time per follow, database included", series[0], series[1]));
        rows.AddRange(DatabaseRow(series[0], series[1]));
        rows.Add(
            Row.Compare("the same, every follow alone with its account" + suffix, series[0], series[2], Units.PerSecond,
                Goal.None));
        rows.Add(Row.CompareCpu("  processor time per follow, database included", series[0], series[2]));
        rows.AddRange(DatabaseRow(series[0], series[2]));
        verified.Add(await VerifyAsync(arena, silo, ours, [peer], cancellationToken));
        verified.Add(await VerifyAsync(arena, alone, oursAlone, [], cancellationToken));
        return (arena.MeasureSync(), arena.Description);
    }
}
