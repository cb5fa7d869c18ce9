using System.Globalization;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Load;
using AccountGrid.Testing;
using AccountGrid.V1;
using Google.Protobuf;

namespace AccountGrid.Benchmarks;

/// <summary>
/// What it costs to record what happens: the silo with traces off, with its default memory of traces, and with
/// everything sent to a collector.
/// </summary>
internal sealed class TelemetryBenchmark : IBenchmark
{
    private const int Accounts = 1_000;
    private const int Clients = 64;
    private const double Goal = 0.9;

    /// <summary>Transitions take accounts behind those that are read; owners and staff take different ones.</summary>
    private static readonly (string Work, bool ByOwner, long First)[] Commands =
        [($"deactivate + restore, {Clients} clients, owners", true, 10_001),
            ($"deactivate + restore, {Clients} clients, staff", false, 20_001)];

    public string Name => "telemetry";

    public string Summary =>
        "reads and durable commands with traces in memory, and sent to a collector, against the same silo with traces off (>= 0.9x)";

    public async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var arena = Arena.Create(StoreKind.Sqlite, options);
        await using var collector = await CollectorStandIn.StartAsync(cancellationToken);
        var accounts = (int)(Commands[^1].First + TransitionScript.AccountsOf(Clients));
        await using var off =
            await arena.StartSiloAsync(
                "off", accounts, With(new() { ["ACCOUNTGRID__TRACES__ENABLED"] = "false" }), cancellationToken);
        await using var memory = await arena.StartSiloAsync("memory", accounts, With([]), cancellationToken);
        await using var exported =
            await arena.StartSiloAsync("collector", accounts, With(collector.Environment), cancellationToken);
        SiloProcess[] silos = [off, memory, exported];
        string[] names = ["traces off", "in memory", "to a collector"];
        var rows = new List<Row>();

        var reads = await Rounds.RunAsync(
            options.Rounds, warmUps: 2,
            [.. silos.Select(
                (s, i) => new Contender(names[i], round => ReadAsync(s, options.LengthOf(round), cancellationToken)))],
                    cancellationToken);
        AddRows(rows, $"GetAccount over gRPC, {Clients} callers", reads, names);
        var acknowledged = new long[silos.Length];
        foreach (var (work, byOwner, first) in Commands)
        {
            var scripts = silos.Select(_ => new TransitionScript(Clients, first, byOwner)).ToArray();
            var series = await Rounds.RunAsync(
                options.Rounds, warmUps: 1,
                [.. silos.Select(
                    (s, i) => new Contender(
                        names[i], round =>
                            CommandAsync(s, scripts[i], byOwner, options.LengthOf(round), cancellationToken)))],
                                cancellationToken);
            AddRows(rows, work, series, names);
            for (var i = 0; i < silos.Length; i++)
            {
                acknowledged[i] += scripts[i].Acknowledged;
            }
        }

        return new Report("what traces cost, against the same silo with traces off, on SQLite", rows,
            arena.MeasureSync(), await VerifyAsync(silos, names, acknowledged, accounts, collector, cancellationToken),
        [
            "three silos of the same build on databases of their own; metrics are on in all of them",
            "in memory: the default. To a collector: OTLP over HTTP to a stand-in in the load generator's process, with the default sampler (so many a second), metrics and logs too",
        ]);
    }

    private static Dictionary<string, string> With(Dictionary<string, string> environment) =>
        new(environment) { [SiloSettings.MaxHarms] = "1000000" };

    private static void AddRows(List<Row> rows, string work, IReadOnlyList<Series> series, string[] names)
    {
        for (var i = 1; i < series.Count; i++)
        {
            rows.Add(
                Row.Compare($"{work}; {names[i]}", series[0], series[i], Units.PerSecond,
                    Harness.Goal.RatioAtLeast(Goal)));
            rows.Add(Row.CompareCpu("  the silo's processor time of each", series[0], series[i]));
        }
    }

    private static async Task<Sample> ReadAsync(SiloProcess silo, TimeSpan length, CancellationToken cancellationToken)
    {
        var token = silo.Token(SiloUnderTest.Service, "service");
        var script = new ReadScript(
            [.. Enumerable.Range(1, Accounts)
                .Select(static id => (ReadOnlyMemory<byte>)new GetAccountRequest { Id = id }.ToByteArray())],
            static (index, answer) =>
                VerificationException.ThrowUnlessEqual(
                    index + 1, Account.Parser.ParseFrom(answer).Id, "The account read"));
        return await MeasureAsync(
            silo, new GrpcLoad([silo.Grpc], _ => token, ["/accountgrid.v1.AccountService/GetAccount"]), script, length,
            cancellationToken);
    }

    private static Task<Sample> CommandAsync(
        SiloProcess silo, TransitionScript script, bool byOwner, TimeSpan length, CancellationToken cancellationToken)
    {
        var tokens = Enumerable.Range(0, Clients)
            .Select(lane =>
                byOwner
                    ? silo.Token(SiloUnderTest.Service, "service")
                    : silo.Token(string.Create(CultureInfo.InvariantCulture, $"person{lane}"), "support"))
            .ToArray();
        return MeasureAsync(silo, new GrpcLoad([silo.Grpc], lane => tokens[lane], TransitionScript.Methods), script,
            length, cancellationToken);
    }

    private static async Task<Sample> MeasureAsync(
        SiloProcess silo, GrpcLoad load, ILoadScript script, TimeSpan length, CancellationToken cancellationToken)
    {
        var before = ProcessorTime.Of(silo.ProcessId);
        var result = (await load.RunAsync(script, Clients, length, cancellationToken)).ThrowIfFailed();
        return new Sample(result.Rate, (ProcessorTime.Of(silo.ProcessId) - before) / result.Completed);
    }

    /// <summary>Each did what it said, remembers what it should, and the collector got something.</summary>
    private static async Task<IReadOnlyList<string>> VerifyAsync(
        SiloProcess[] silos, string[] names, long[] acknowledged, int accounts, CollectorStandIn collector,
        CancellationToken cancellationToken)
    {
        var verified = new List<string>();
        for (var i = 0; i < silos.Length; i++)
        {
            var traces = new TraceService.TraceServiceClient(silos[i].Invoker("ann", "auditor"));
            var kept =
                (await traces.ListTracesAsync(
                    new ListTracesRequest { PageSize = 1_000 }, cancellationToken: cancellationToken)).Traces.Count;
            VerificationException.ThrowUnlessEqual(i == 0 ? 0 : 1_000, kept, $"Traces remembered with {names[i]}");
            verified.Add(
                $"{names[i]}: {acknowledged[i]:#,0} transitions, {await SiloUnderTest.VerifyAuditAsync(silos[i], accounts + acknowledged[i], cancellationToken)}");
        }

        VerificationException.ThrowUnlessEqual(
            true, collector.Bytes > acknowledged[^1] * 100, "The collector got the traces");
        verified.Add($"the collector's stand-in got {collector.Bytes / 1_048_576:#,0} MiB");
        return verified;
    }
}
