using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Load;
using AccountGrid.Testing;
using AccountGrid.V1;
using Google.Protobuf;

namespace AccountGrid.Benchmarks;

/// <summary>Reads of 1,000 accounts at once against reads of as many one by one, on three silos.</summary>
internal sealed class BatchGetBenchmark : IBenchmark
{
    private const int Accounts = 30_000;
    private const int BatchSize = 1_000;
    private const int Batches = 64;
    private static readonly string[] BatchMethods = ["/accountgrid.v1.AccountService/BatchGetAccounts"];
    private static readonly string[] SingleMethods = ["/accountgrid.v1.AccountService/GetAccount"];

    public string Name => "batch-get";

    public string Summary =>
        "BatchGetAccounts of 1,000 ids on three silos, against GetAccount of as many by 64 callers";

    public string? Missing => PostgresServer.Missing;

    public async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var arena = new PostgresArena(options, delay: null);
        await using var cluster =
            await ClusterUnderTest.StartAsync(
                arena, "cluster", silos: 3, Accounts, withGateway: true, environment: null, cancellationToken);

        // Every account is active before the first measurement: what is measured is reading them, not loading them.
        await SiloUnderTest.ReadAllAsync(
            cluster.Silos[0], Enumerable.Range(1, Accounts).Select(i => (long)i), cancellationToken);
        var rows = new List<Row>();
        foreach (var (name, server) in ((string, Uri)[])[("a silo", cluster.Silos[0].Grpc),
            ("the gateway process", cluster.Gateway!)])
        {
            var series = await Rounds.RunAsync(
                options.Rounds,
                warmUps: 1,
                [
                    new Contender($"one by one, 64 callers, {name}",
                        round => MeasureSinglesAsync(cluster, server, options.LengthOf(round), cancellationToken)),
                    new Contender($"together, 1 caller, {name}",
                        round => MeasureBatchesAsync(cluster, server, 1, options.LengthOf(round), cancellationToken)),
                    new Contender($"together, 4 callers, {name}",
                        round => MeasureBatchesAsync(cluster, server, 4, options.LengthOf(round), cancellationToken)),
                ],
                cancellationToken);
            foreach (var (callers, ours) in ((string, Series)[])[("1 caller", series[1]), ("4 callers", series[2])])
            {
                rows.Add(
                    Row.Compare($"accounts read, {callers}, through {name}", series[0], ours, Units.PerSecond,
                        Goal.None));
                rows.Add(Row.CompareCpu("  processor time per account", series[0], ours));
                rows.Add(new Row("  latency of 1,000 ids, p50", null, ours.MedianOf(static s => s.P50), null,
                    Units.Time, Goal.None));
                rows.Add(new Row("  latency of 1,000 ids, p99", null, ours.MedianOf(static s => s.P99), null,
                    Units.Time, Goal.None));
            }
        }

        return new Report(
            $"baseline: GetAccount by 64 callers; {Accounts:#,0} accounts, all active, on 3 silos on {arena.Description}",
            rows, Disk: null,
            [$"every batch had {BatchSize:#,0} accounts in the order of its ids"],
            [
                "two thirds of the accounts live on another silo than the one that is asked, all of them on another process than the gateway"]);
    }

    private static Task<Sample> MeasureSinglesAsync(
        ClusterUnderTest cluster, Uri server, TimeSpan length, CancellationToken cancellationToken)
    {
        var script = new ReadScript(
            [.. Ids.Select(id => (ReadOnlyMemory<byte>)new GetAccountRequest { Id = id }.ToByteArray())],
            static (index, answer) =>
                VerificationException.ThrowUnlessEqual(
                    Ids[index], Account.Parser.ParseFrom(answer).Id, "The account read"));
        return MeasureAsync(
            cluster, server, script, SingleMethods, callers: 64, accountsPerCall: 1, length, cancellationToken);
    }

    private static Task<Sample> MeasureBatchesAsync(
        ClusterUnderTest cluster, Uri server, int callers, TimeSpan length, CancellationToken cancellationToken)
    {
        var script = new ReadScript(
            [.. Ids.Chunk(BatchSize)
                .Select(ids => (ReadOnlyMemory<byte>)new BatchGetAccountsRequest { Ids = { ids } }.ToByteArray())],
            static (index, answer) =>
            {
                var read = BatchGetAccountsResponse.Parser.ParseFrom(answer);
                if (!read.Accounts.Select(static a => a.Id).SequenceEqual(Ids.Skip(index * BatchSize).Take(BatchSize)))
                {
                    throw new VerificationException("A batch did not have its accounts in the order of its ids.");
                }
            });
        return MeasureAsync(cluster, server, script, BatchMethods, callers, BatchSize, length, cancellationToken);
    }

    /// <summary>Scattered ids, each batch without a repetition.</summary>
    private static long[] Ids { get; } =
        [.. Enumerable.Range(0, Batches)
            .SelectMany(batch =>
                Enumerable.Range(0, BatchSize).Select(i => 1 + ((batch * 104_729L) + (i * 7_919L)) % Accounts))];

    private static async Task<Sample> MeasureAsync(
        ClusterUnderTest cluster, Uri server, ReadScript script, string[] methods, int callers, int accountsPerCall,
        TimeSpan length, CancellationToken cancellationToken)
    {
        var token = cluster.Token();
        var before = cluster.ProcessorTimes();
        var result =
            (await new GrpcLoad([server], _ => token, methods).RunAsync(
                script, callers, length, cancellationToken)).ThrowIfFailed();
        var after = cluster.ProcessorTimes();
        Array.Sort(result.Latencies);
        return new Sample(
            result.Rate * accountsPerCall, (after.Grid - before.Grid) / (result.Completed * accountsPerCall))
        {
            P50 = Statistics.Quantile(result.Latencies, 0.5),
            P99 = Statistics.Quantile(result.Latencies, 0.99),
        };
    }
}
