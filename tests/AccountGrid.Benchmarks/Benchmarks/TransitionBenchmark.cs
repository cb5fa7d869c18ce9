using System.Globalization;
using AccountGrid.Benchmarks.Baselines;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Load;
using AccountGrid.Testing;
using AccountGrid.V1;

namespace AccountGrid.Benchmarks;

/// <summary>Durable deactivate and restore against one transaction per command.</summary>
internal sealed class TransitionBenchmark(StoreKind store) : IBenchmark
{
    private const string Ours = "silo", Peer = "peer";
    private const int Clients = 64;
    private static readonly TimeSpan HonestSync = TimeSpan.FromMilliseconds(1);

    // Owners with one client, owners with many, staff with many: each on accounts of its own.
    private static readonly Mode[] Modes =
    [
        new("1 client, owners", 1, ByOwner: true, FirstAccount: 1),
        new($"{Clients} clients, owners", Clients, ByOwner: true, FirstAccount: 10_001),
        new($"{Clients} clients, staff", Clients, ByOwner: false, FirstAccount: 20_001),
    ];

    private string _description = "";

    public string Name => Arena.NameOf("transition", store);

    public string Summary => $"durable deactivate + restore on {store}, 1 and 64 clients, against one transaction per command (>= 1x, >= 4x)";

    public string? Missing => Arena.MissingFor(store);

    public async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var rows = new List<Row>();
        var verified = new List<string>();
        var notes = new List<string>
        {
            store == StoreKind.Sqlite
                ? "baseline: the peer in a process of its own, same gRPC messages, same JWT auth; row update + audit insert, prepared, one transaction per command; the goals are the design's for PostgreSQL"
                : "baseline: the peer in a process of its own, same gRPC messages, same JWT auth; row update + audit insert as one prepared statement, hence one round trip and one transaction per command; 64 connections",
            "a transition is one deactivate or one restore; staff are 64 people whose standing and budget ours looks up at execution, the peer by one SELECT",
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

        return new Report($"durable deactivate + restore on distinct accounts, ours against one transaction per command, {_description}", rows, disk, verified, notes);
    }

    private async Task<SyncCost> RunOnceAsync(
        BenchmarkOptions options, SyncDelay? delay, List<Row> rows, List<string> verified, CancellationToken cancellationToken)
    {
        await using var arena = Arena.Create(store, options, delay);
        var accounts = (int)(Modes[^1].FirstAccount + TransitionScript.AccountsOf(Clients));
        _description = arena.Description;
        await using var silo = await arena.StartSiloAsync(Ours, accounts, Environment, cancellationToken);
        await using var peer = await arena.StartPeerAsync(BaselineKind.PeerEach, Peer, silo, accounts, null, cancellationToken);

        long ours = 0, theirs = 0;
        foreach (var mode in Modes)
        {
            var (oursScript, peerScript) = (mode.Script(), mode.Script());
            var series = await Rounds.RunAsync(
                options.Rounds,
                warmUps: 1,
                [
                    new Contender($"peer, {mode.Name}", round => MeasureAsync(peer.Grpc, () => ProcessorTime.Of(peer.Id) + arena.DatabaseTime(Peer), silo, mode, peerScript, options.LengthOf(round), cancellationToken)),
                    new Contender($"ours, {mode.Name}", round => MeasureAsync(silo.Grpc, () => ProcessorTime.Of(silo.ProcessId) + arena.DatabaseTime(Ours), silo, mode, oursScript, options.LengthOf(round), cancellationToken)),
                ],
                cancellationToken);
            var suffix = delay is null ? "" : ", +1 ms per sync";
            rows.Add(Row.Compare(mode.Name + suffix, series[0], series[1], Units.PerSecond, Goal.RatioAtLeast(mode.Clients == 1 ? 1 : 4)));
            rows.Add(Row.CompareCpu("  the server's processor time per transition, database included", series[0], series[1]));
            await VerifyAccountsAsync(silo, oursScript, cancellationToken);
            (ours, theirs) = (ours + oursScript.Acknowledged, theirs + peerScript.Acknowledged);
        }

        var audit = await SiloUnderTest.VerifyAuditAsync(silo, accounts + ours, cancellationToken);
        await peer.DisposeAsync();
        var totals = await arena.ReadPeerAsync(Peer, cancellationToken);
        VerificationException.ThrowUnlessEqual((theirs, 0L), (totals.AuditRows, totals.Down), "The peer's audit rows and accounts that are down");
        verified.Add($"all accounts up; {ours:#,0} acknowledged transitions, exactly that many entries behind the registrations; {audit}; the peer's {theirs:#,0} audit rows agree");
        return arena.MeasureSync();
    }

    // 64 people do in minutes what the default budget allows in hours; what it costs to keep a budget stays in.
    private static Dictionary<string, string> Environment => new() { [SiloSettings.MaxHarms] = "1000000" };

    private static async Task<Sample> MeasureAsync(
        Uri grpc, Func<double> processorTime, SiloProcess silo, Mode mode, TransitionScript script, TimeSpan length, CancellationToken cancellationToken)
    {
        var tokens = Enumerable.Range(0, mode.Clients)
            .Select(lane => mode.ByOwner ? silo.Token(SiloUnderTest.Service, "service") : silo.Token(string.Create(CultureInfo.InvariantCulture, $"person{lane}"), "support"))
            .ToArray();
        var before = processorTime();
        var result = (await new GrpcLoad([grpc], lane => tokens[lane], TransitionScript.Methods).RunAsync(script, mode.Clients, length, cancellationToken)).ThrowIfFailed();
        return new Sample(result.Rate, (processorTime() - before) / result.Completed);
    }

    private static async Task VerifyAccountsAsync(SiloProcess silo, TransitionScript script, CancellationToken cancellationToken)
    {
        var accounts = await SiloUnderTest.ReadAllAsync(silo, script.Accounts, cancellationToken);
        for (var i = 0; i < accounts.Count; i++)
        {
            VerificationException.ThrowUnlessEqual(
                (Account.Types.Status.Active, 1 + script.AcknowledgedOf(i)), (accounts[i].Status, accounts[i].Version), $"Account {accounts[i].Id}");
        }
    }

    private sealed record Mode(string Name, int Clients, bool ByOwner, long FirstAccount)
    {
        public TransitionScript Script() => new(Clients, FirstAccount, ByOwner);
    }
}
