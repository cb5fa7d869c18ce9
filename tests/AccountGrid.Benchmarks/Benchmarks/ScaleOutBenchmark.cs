using System.Diagnostics;
using System.Globalization;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Load;
using AccountGrid.Testing;
using AccountGrid.V1;
using Google.Protobuf;

namespace AccountGrid.Benchmarks;

/// <summary>
/// Reads and transitions with one, two and three silos on one machine, and through a gateway of its own.
/// </summary>
internal sealed class ScaleOutBenchmark : IBenchmark
{
    private const int Clients = 64;
    private const int ReadAccounts = 1_000;
    private const int FirstTransitionAccount = 2_001;
    private static readonly string[] ReadMethods = ["/accountgrid.v1.AccountService/GetAccount"];

    public string Name => "scale-out";

    public string Summary =>
        "reads and transitions with 1, 2 and 3 silos on one machine and through the external gateway: throughput, latency, and what limits each";

    public string? Missing => PostgresServer.Missing;

    public async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var arena = new PostgresArena(options, delay: null);
        var clusters = new List<ClusterUnderTest>();
        try
        {
            for (var silos = 1; silos <= 3; silos++)
            {
                clusters.Add(await ClusterUnderTest.StartAsync(
                    arena, $"cluster of {silos}", silos, FirstTransitionAccount
                        + TransitionScript.AccountsOf(2 * Clients), withGateway: silos == 3, null, cancellationToken));
            }

            var fronts = new List<Front>();
            foreach (var cluster in clusters)
            {
                fronts.Add(new Front(cluster.Silos.Count == 1 ? "1 silo" : $"{cluster.Silos.Count} silos", cluster,
                    [.. cluster.Silos.Select(s => s.Grpc)], FirstTransitionAccount));
            }

            fronts.Add(new Front("3 silos, external gateway", clusters[2], [clusters[2].Gateway!],
                FirstTransitionAccount + TransitionScript.AccountsOf(Clients)));
            foreach (var cluster in clusters)
            {
                // Every account is active before the first measurement: what is measured is serving them, not loading
                // them.
                await SiloUnderTest.ReadAllAsync(
                    cluster.Silos[0],
                    Enumerable.Range(1, FirstTransitionAccount + TransitionScript.AccountsOf(2 * Clients))
                        .Select(i => (long)i), cancellationToken);
            }

            var (rows, limits) = (new List<Row>(), new List<string>());
            await CompareAsync("reads", fronts, options, MeasureReadsAsync, rows, limits, cancellationToken);
            await CompareAsync(
                "transitions", fronts, options, MeasureTransitionsAsync, rows, limits, cancellationToken);
            var verified = new List<string>();
            foreach (var cluster in clusters)
            {
                verified.Add(await VerifyAsync(cluster, fronts.Where(f => f.Cluster == cluster), cancellationToken));
            }

            return new Report(
                $"baseline: 1 silo; {Clients} callers in turn on all silos, {arena.Description}, all of it and the load on {Environment.ProcessorCount} processors",
                rows, arena.MeasureSync(), verified, [.. limits, .. Notes]);
        }
        finally
        {
            foreach (var cluster in clusters)
            {
                await cluster.DisposeAsync();
            }
        }
    }

    private static readonly string[] Notes =
    [
        "a silo reads its own accounts from memory and asks the others for theirs: of n silos each call has to travel with a chance of (n - 1) / n, which is what more silos cost where they add no processors",
        "on one machine more silos divide the same processors: what can be seen here is the cost of travelling and whether anything but processors limits; what cannot is the gain of more machines",
        "commits of journals follow one another over all silos, so that transitions are bounded by the database's log however many silos there are",
    ];

    private static async Task CompareAsync(
        string work, IReadOnlyList<Front> fronts, BenchmarkOptions options,
        Func<Front, TimeSpan, CancellationToken, Task<Sample>> measureAsync,
        List<Row> rows, List<string> limits, CancellationToken cancellationToken)
    {
        var series = await Rounds.RunAsync(
            options.Rounds, warmUps: 1,
            [.. fronts.Select(
                f => new Contender($"{f.Name}, {work}",
                    round => measureAsync(f, options.LengthOf(round), cancellationToken)))], cancellationToken);
        for (var i = 0; i < fronts.Count; i++)
        {
            rows.Add(Row.Compare($"{work}, {fronts[i].Name}", series[0], series[i], Units.PerSecond, Goal.None));
            rows.Add(Row.Compare("  latency p50", series[0], series[i], Units.Time, Goal.None, s => s.P50));
            rows.Add(Row.Compare("  latency p99", series[0], series[i], Units.Time, Goal.None, s => s.P99));
            rows.Add(Row.CompareCpu("  processor time each, database included", series[0], series[i]));
            limits.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{work}, {fronts[i].Name}: processors busy with silos and gateway {series[i].MedianOf(s => s.GridBusy):0.00}, PostgreSQL {series[i].MedianOf(s => s.DatabaseBusy):0.00}, the load {series[i].MedianOf(s => s.LoadBusy):0.00}, of {Environment.ProcessorCount}"));
        }
    }

    private static Task<Sample> MeasureReadsAsync(Front front, TimeSpan length, CancellationToken cancellationToken)
    {
        var script = new ReadScript(
            [.. Enumerable.Range(1, ReadAccounts)
                .Select(id => (ReadOnlyMemory<byte>)new GetAccountRequest { Id = id }.ToByteArray())],
            static (index, answer) =>
                VerificationException.ThrowUnlessEqual(
                    index + 1, Account.Parser.ParseFrom(answer).Id, "The account read"));
        return MeasureAsync(front, script, ReadMethods, length, cancellationToken);
    }

    private static Task<Sample> MeasureTransitionsAsync(
        Front front, TimeSpan length, CancellationToken cancellationToken) =>
        MeasureAsync(front, front.Transitions, TransitionScript.Methods, length, cancellationToken);

    private static async Task<Sample> MeasureAsync(
        Front front, ILoadScript script, string[] methods, TimeSpan length, CancellationToken cancellationToken)
    {
        var token = front.Cluster.Token();
        using var self = Process.GetCurrentProcess();
        var (before, load) = (front.Cluster.ProcessorTimes(), self.TotalProcessorTime);
        var result =
            (await new GrpcLoad(front.Servers, _ => token, methods).RunAsync(
                script, Clients, length, cancellationToken)).ThrowIfFailed();
        var after = front.Cluster.ProcessorTimes();
        self.Refresh();
        Array.Sort(result.Latencies);
        var (grid, database, seconds) =
            (after.Grid - before.Grid, after.Database - before.Database, result.Elapsed.TotalSeconds);
        return new Sample(result.Rate, (grid + database) / result.Completed)
        {
            P50 = Statistics.Quantile(result.Latencies, 0.5),
            P99 = Statistics.Quantile(result.Latencies, 0.99),
            GridBusy = grid / seconds,
            DatabaseBusy = database / seconds,
            LoadBusy = (self.TotalProcessorTime - load).TotalSeconds / seconds,
        };
    }

    private static async Task<string> VerifyAsync(
        ClusterUnderTest cluster, IEnumerable<Front> fronts, CancellationToken cancellationToken)
    {
        var acknowledged = 0L;
        foreach (var script in fronts.Select(f => f.Transitions))
        {
            var accounts = await SiloUnderTest.ReadAllAsync(cluster.Silos[^1], script.Accounts, cancellationToken);
            for (var i = 0; i < accounts.Count; i++)
            {
                VerificationException.ThrowUnlessEqual(
                    (Account.Types.Status.Active, 1 + script.AcknowledgedOf(i)),
                    (accounts[i].Status, accounts[i].Version), $"Account {accounts[i].Id}");
            }

            acknowledged += script.Acknowledged;
        }

        var audit = await SiloUnderTest.VerifyAuditAsync(cluster.Silos[0], acknowledged, cancellationToken);
        return $"{cluster.Silos.Count} silo(s): every account has exactly its acknowledged transitions, {acknowledged:#,0} in all; {audit}";
    }

    /// <summary>A way to a cluster, with accounts of its own for transitions.</summary>
    private sealed record Front(string Name, ClusterUnderTest Cluster, IReadOnlyList<Uri> Servers, long FirstAccount)
    {
        public TransitionScript Transitions { get; } = new(Clients, FirstAccount, byOwner: true);
    }
}
