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
    private const string Ours = "silo";
    private const int Clients = 64;
    private static readonly TimeSpan HonestSync = TimeSpan.FromMilliseconds(1);

    // Owners with one client, owners with many, staff with many: each on accounts of its own.
    private static readonly Mode[] Modes =
    [
        new("1 client, owners", 1, ByOwner: true, FirstAccount: 1),
        new($"{Clients} clients, owners", Clients, ByOwner: true, FirstAccount: 10_001),
        new($"{Clients} clients, staff", Clients, ByOwner: false, FirstAccount: 20_001),
    ];

    // On PostgreSQL a command may be one round trip, or as many as a transaction has statements.
    private readonly BaselineKind[] _peers =
        store == StoreKind.Sqlite ? [BaselineKind.PeerEach] : [BaselineKind.PeerTransaction, BaselineKind.PeerEach];
    private string _description = "";

    public string Name => Arena.NameOf("transition", store);

    public string Summary =>
        $"durable deactivate + restore on {store}, 1 and 64 clients, against one transaction per command (>= 1x, >= 4x)";

    public string? Missing => Arena.MissingFor(store);

    public async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var rows = new List<Row>();
        var verified = new List<string>();
        var notes = new List<string>
        {
            store == StoreKind.Sqlite
                ? "baseline: the peer in a process of its own, same gRPC messages, same JWT auth; row update + audit insert, prepared, one transaction per command; the goals are the design's for PostgreSQL"
                : "baselines: the peer in processes of their own, same gRPC messages, same JWT auth, pools of 64 connections; row update + audit insert, prepared; as a transaction with a round trip per statement, as most would write it, and as one statement in one round trip, which is as tight as it gets",
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

        return new Report(
            $"durable deactivate + restore on distinct accounts, ours against one transaction per command, {_description}", rows, disk, verified, notes);
    }

    private async Task<SyncCost> RunOnceAsync(
        BenchmarkOptions options, SyncDelay? delay, List<Row> rows, List<string> verified,
        CancellationToken cancellationToken)
    {
        await using var arena = Arena.Create(store, options, delay);
        var accounts = (int)(Modes[^1].FirstAccount + TransitionScript.AccountsOf(Clients));
        _description = arena.Description;
        await using var silo = await arena.StartSiloAsync(Ours, accounts, Environment, cancellationToken);
        var peers = new List<BaselineProcess>();
        try
        {
            foreach (var kind in _peers)
            {
                peers.Add(await arena.StartPeerAsync(kind, NameOf(kind), silo, accounts, null, cancellationToken));
            }

            Side[] sides =
            [
                .. peers.Select(
                    (p, i) => new Side(NameOf(_peers[i]), p.Grpc, () => ProcessorTime.Of(p.Id),
                        () => arena.DatabaseTime(NameOf(_peers[i])))),
                new Side(Ours, silo.Grpc, () => ProcessorTime.Of(silo.ProcessId), () => arena.DatabaseTime(Ours)),
            ];
            var acknowledged =
                await CompareAsync(
                    options, silo, sides, delay is null ? "" : ", +1 ms per sync", rows, cancellationToken);
            var audit = await SiloUnderTest.VerifyAuditAsync(silo, accounts + acknowledged[^1], cancellationToken);
            for (var i = 0; i < peers.Count; i++)
            {
                await peers[i].DisposeAsync();
                var totals = await arena.ReadPeerAsync(NameOf(_peers[i]), cancellationToken);
                VerificationException.ThrowUnlessEqual((acknowledged[i], 0L), (totals.AuditRows, totals.Down),
                    "The peer's audit rows and accounts that are down");
            }

            verified.Add(
                $"all accounts up; {acknowledged[^1]:#,0} acknowledged transitions, exactly that many entries behind the registrations; {audit}; the audit rows of the peers agree");
            return arena.MeasureSync();
        }
        finally
        {
            foreach (var peer in peers)
            {
                await peer.DisposeAsync();
            }
        }
    }

    /// <summary>Runs every mode with every side.</summary>
    /// <returns>The transitions that each side acknowledged.</returns>
    private async Task<long[]> CompareAsync(
        BenchmarkOptions options, SiloProcess silo, Side[] sides, string suffix, List<Row> rows,
        CancellationToken cancellationToken)
    {
        var acknowledged = new long[sides.Length];
        foreach (var mode in Modes)
        {
            var scripts = sides.Select(_ => mode.Script()).ToArray();
            var series = await Rounds.RunAsync(
                options.Rounds,
                warmUps: 1,
                [.. sides.Select(
                    (side, i) => new Contender(
                        $"{side.Name}, {mode.Name}", round =>
                            MeasureAsync(side, silo, mode, scripts[i], options.LengthOf(round), cancellationToken)))],
                cancellationToken);
            for (var i = 0; i < sides.Length - 1; i++)
            {
                var against = _peers[i] switch
                {
                    BaselineKind.PeerTransaction => ", transaction",
                    _ when _peers.Length > 1 => ", one statement",
                    _ => ""
                };
                rows.Add(
                    Row.Compare(mode.Name + against + suffix, series[i], series[^1], Units.PerSecond,
                        Goal.RatioAtLeast(mode.Clients == 1 ? 1 : 4)));
                rows.Add(Row.CompareCpu("  processor time per transition, database included", series[i], series[^1]));
                if (store == StoreKind.Postgres)
                {
                    rows.Add(
                        Row.Compare("  of which the database server's", series[i], series[^1], Units.Time, Goal.None,
                            s => s.DatabaseCpu));
                }
            }

            await VerifyAccountsAsync(silo, scripts[^1], cancellationToken);
            for (var i = 0; i < sides.Length; i++)
            {
                acknowledged[i] += scripts[i].Acknowledged;
            }
        }

        return acknowledged;
    }

    private static string NameOf(BaselineKind kind) =>
        kind == BaselineKind.PeerTransaction ? "peer, transaction" : "peer";

    // 64 people do in minutes what the default budget allows in hours; what it costs to keep a budget stays in.
    private static Dictionary<string, string> Environment => new() { [SiloSettings.MaxHarms] = "1000000" };

    private static async Task<Sample> MeasureAsync(
        Side side, SiloProcess silo, Mode mode, TransitionScript script, TimeSpan length,
        CancellationToken cancellationToken)
    {
        var tokens = Enumerable.Range(0, mode.Clients)
            .Select(lane =>
                mode.ByOwner
                    ? silo.Token(SiloUnderTest.Service, "service")
                    : silo.Token(string.Create(CultureInfo.InvariantCulture, $"person{lane}"), "support"))
            .ToArray();
        var (process, database) = (side.ProcessTime(), side.DatabaseTime());
        var result =
            (await new GrpcLoad([side.Grpc], lane => tokens[lane], TransitionScript.Methods).RunAsync(
                script, mode.Clients, length, cancellationToken)).ThrowIfFailed();
        (process, database) = (side.ProcessTime() - process, side.DatabaseTime() - database);
        return new Sample(result.Rate, (process + database) / result.Completed)
        {
            DatabaseCpu = database / result.Completed,
        };
    }

    private static async Task VerifyAccountsAsync(
        SiloProcess silo, TransitionScript script, CancellationToken cancellationToken)
    {
        var accounts = await SiloUnderTest.ReadAllAsync(silo, script.Accounts, cancellationToken);
        for (var i = 0; i < accounts.Count; i++)
        {
            VerificationException.ThrowUnlessEqual(
                (Account.Types.Status.Active, 1 + script.AcknowledgedOf(i)), (accounts[i].Status, accounts[i].Version),
                $"Account {accounts[i].Id}");
        }
    }

    /// <summary>Somebody who is commanded.</summary>
    private sealed record Side(string Name, Uri Grpc, Func<double> ProcessTime, Func<double> DatabaseTime);

    private sealed record Mode(string Name, int Clients, bool ByOwner, long FirstAccount)
    {
        public TransitionScript Script() => new(Clients, FirstAccount, ByOwner);
    }
}
