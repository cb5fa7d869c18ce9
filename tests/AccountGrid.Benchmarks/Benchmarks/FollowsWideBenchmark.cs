using AccountGrid.Benchmarks.Baselines;
using AccountGrid.Benchmarks.Harness;

namespace AccountGrid.Benchmarks;

/// <summary>Follows over many accounts.</summary>
internal sealed class FollowsWideBenchmark : FollowsBenchmark
{
    public override string Name => "follows-wide";

    public override string Summary => "follows scattered over 10,000 accounts against the batched peer (>= 2x)";

    protected override int Accounts => 10_000;

    public override async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        using var directory = WorkDirectory.Create(options);
        await AccountSeeder.SeedAsync(directory.Sub("silo"), Accounts, cancellationToken);
        await using var silo = await SiloUnderTest.StartAsync(directory.Sub("silo"), null, cancellationToken);
        await AccountSeeder.SeedAsync(directory.Sub("alone"), Accounts, cancellationToken);
        await using var alone = await SiloUnderTest.StartAsync(
            directory.Sub("alone"), new Dictionary<string, string> { [SiloSettings.IngestBatch] = "10000" }, cancellationToken);
        await using var peerProcess = await BaselineProcess.StartAsync(
            BaselineKind.PeerBatch, SiloUnderTest.KeyFile(silo), directory.Sub("peer"), Accounts, null, cancellationToken);
        using var peer = Peer("peer, batches of 10,000", peerProcess, silo, 10_000, FollowsPerRound, cancellationToken);
        using var ours = Ours(silo, cancellationToken);
        using var oursAlone = Ours(alone, cancellationToken, "ours, every follow alone");

        var series = await Rounds.RunAsync(options.Rounds, warmUps: 2, [peer.AsContender(), ours.AsContender(), oursAlone.AsContender()], cancellationToken);
        await peerProcess.DisposeAsync();
        return new Report(
            "follows scattered over 10,000 accounts, ours against the batched peer",
            [
                Row.Compare("batches of 10,000 follows", series[0], series[1], Units.PerSecond, Goal.RatioAtLeast(2)),
                Row.CompareCpu("  the server's processor time per follow", series[0], series[1]),
                Row.Compare("the same, every follow alone with its account", series[0], series[2], Units.PerSecond, Goal.None),
                Row.CompareCpu("  the server's processor time per follow", series[0], series[2]),
            ],
            SyncCost.Measure(directory.FullPath),
            [
                await VerifyAsync(silo, ours, [(directory.Sub("peer"), peer.Acknowledged)], cancellationToken),
                await VerifyAsync(alone, oursAlone, [], cancellationToken),
            ],
            [
                "both stream the same messages over 2 gRPC streams with the same JWT auth; every account gets its share of each message",
                "baseline: the peer in a process of its own on SQLite (WAL, synchronous=FULL), prepared; sorts a message's edges by account, commits them with all counts in one transaction",
                "ours gathers 50,000 follows of a stream, which gives an account five of them at a time; alone: 10,000, so that no call and no count is shared",
                "the design sets the goal against PostgreSQL",
            ]);
    }
}
