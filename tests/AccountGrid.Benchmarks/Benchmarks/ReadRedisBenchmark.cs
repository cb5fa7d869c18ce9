using AccountGrid.Benchmarks.Baselines;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Testing;

namespace AccountGrid.Benchmarks;

/// <summary>Reads over gRPC against the peer with Redis in front of PostgreSQL.</summary>
internal sealed class ReadRedisBenchmark : ReadGrpcBenchmark
{
    private const string Peer = "peer";

    public override string Name => "read-redis";

    public override string Summary => "GetAccount over gRPC against the peer with PostgreSQL and Redis (>= 1.5x)";

    public override string? Missing => PostgresServer.Missing ?? RedisServer.Missing;

    protected override StoreKind Store => StoreKind.Postgres;

    protected override string Title =>
        "one account over gRPC, ours on PostgreSQL against the peer that keeps accounts in Redis";

    protected override double Goal => 1.5;

    protected override IReadOnlyList<string> Notes =>
    [
        "baseline: the peer in a process of its own, same gRPC messages, same JWT auth; every account is in Redis as protobuf (StackExchange.Redis, one multiplexed connection over TCP on loopback), PostgreSQL is not asked again",
        "1,000 accounts are read over and over, so that nearly all of our answers come from views that were read through the grain within the last second",
        "the load generator writes HTTP/2 frames itself and shares the processors with the servers; the second row leaves it out and counts Redis and PostgreSQL in",
        "on one machine: over a network a read of Redis costs a round trip more, which favours the peer here",
    ];

    protected override async Task<ReadBaseline> StartBaselineAsync(
        Arena arena, SiloProcess silo, int accounts, CancellationToken cancellationToken)
    {
        var redis = await RedisServer.StartAsync(cancellationToken);
        var process = await arena.StartPeerAsync(
            BaselineKind.PeerEach, Peer, silo, accounts, redis.Address, cancellationToken);
        var server = new ReadServer(
            process.Http, process.Grpc,
            () => ProcessorTime.Of(process.Id) + ProcessorTime.Of(redis.ProcessId) + arena.DatabaseTime(Peer),
            AnswersTheSame: false);
        return new ReadBaseline(server, process, redis);
    }
}
