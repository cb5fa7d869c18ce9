using AccountGrid.Benchmarks.Baselines;
using AccountGrid.Benchmarks.Harness;

namespace AccountGrid.Benchmarks;

/// <summary>Follows into one hot account.</summary>
internal sealed class FollowsHotBenchmark(StoreKind store) : FollowsBenchmark(store)
{
    private const int EachPerRound = 4_000;
    private const string Silo = "ours", Each = "peer, one transaction per follow", Thousand =
        "peer, batches of 1,000", TenThousand = "peer, batches of 10,000";
    private static readonly TimeSpan HonestSync = TimeSpan.FromMilliseconds(1);

    private string _description = "";

    protected override string OwnName => "follows-hot";

    public override string Summary =>
        $"follows into one hot account on {Store} against one transaction per follow (>= 50x) and the best batched peer (>= 1x)";

    protected override int Accounts => 1;

    public override async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var rows = new List<Row>();
        var verified = new List<string>();
        var notes = new List<string>
        {
            "all stream the same messages over 2 gRPC streams with the same JWT auth; ids scattered, edges kept from round to round",
            "baselines: the peer in processes of its own, prepared; the batched one sorts a message's edges and commits it with the count in one transaction" + (Store == StoreKind.Sqlite ? "" : ", one round trip: unnest"),
        };
        var disk = await RunOnceAsync(options, null, rows, verified, cancellationToken);
        using var slow = await SyncDelay.TryCreateAsync(HonestSync, cancellationToken);
        if (slow is null)
        {
            notes.Add("not repeated with 1 ms added per sync: there is no C compiler here");
        }
        else
        {
            await RunOnceAsync(options, slow, rows, verified, cancellationToken);
        }

        return new Report($"follows into one hot account, ours against the peer's ways to commit them, {_description}",
            rows, disk, verified, notes);
    }

    private async Task<SyncCost> RunOnceAsync(
        BenchmarkOptions options, SyncDelay? delay, List<Row> rows, List<string> verified,
        CancellationToken cancellationToken)
    {
        await using var arena = Arena.Create(Store, options, delay);
        await using var silo = await arena.StartSiloAsync(Silo, Accounts, null, cancellationToken);
        await using var eachProcess =
            await arena.StartPeerAsync(BaselineKind.PeerEach, Each, silo, Accounts, null, cancellationToken);
        await using var thousandProcess =
            await arena.StartPeerAsync(BaselineKind.PeerBatch, Thousand, silo, Accounts, null, cancellationToken);
        await using var tenThousandProcess =
            await arena.StartPeerAsync(BaselineKind.PeerBatch, TenThousand, silo, Accounts, null, cancellationToken);
        using var each = Peer(arena, Each, eachProcess, silo, 1_000, EachPerRound, cancellationToken);
        using var thousand = Peer(arena, Thousand, thousandProcess, silo, 1_000, FollowsPerRound, cancellationToken);
        using var tenThousand =
            Peer(arena, TenThousand, tenThousandProcess, silo, 10_000, FollowsPerRound, cancellationToken);
        using var ours = Ours(arena, Silo, silo, cancellationToken);

        var series = await Rounds.RunAsync(
            options.Rounds, warmUps: 1, [each.AsContender(), thousand.AsContender(), tenThousand.AsContender(),
                ours.AsContender()], cancellationToken);
        var best = series[1].Median > series[2].Median ? 1 : 2;
        var suffix = delay is null ? "" : ", +1 ms per sync";
        rows.Add(
            Row.Compare("one transaction per follow" + suffix, series[0], series[3], Units.PerSecond,
                Goal.RatioAtLeast(50)));
        rows.Add(Row.Compare((best == 1 ? "batches of 1,000 (best)" : "batches of 1,000") + suffix, series[1],
            series[3], Units.PerSecond, best == 1 ? Goal.RatioAtLeast(1) : Goal.None));
        rows.Add(Row.Compare((best == 2 ? "batches of 10,000 (best)" : "batches of 10,000") + suffix, series[2],
            series[3], Units.PerSecond, best == 2 ? Goal.RatioAtLeast(1) : Goal.None));
        rows.Add(
            Row.CompareCpu("  processor time per follow, best, database included" + suffix, series[best], series[3]));
        rows.AddRange(DatabaseRow(series[best], series[3]));
        await eachProcess.DisposeAsync();
        await thousandProcess.DisposeAsync();
        await tenThousandProcess.DisposeAsync();
        verified.Add(await VerifyAsync(arena, silo, ours, [each, thousand, tenThousand], cancellationToken));
        _description = arena.Description;
        return arena.MeasureSync();
    }
}
