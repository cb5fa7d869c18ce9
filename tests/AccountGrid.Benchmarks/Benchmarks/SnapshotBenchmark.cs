using System.Globalization;
using AccountGrid.Application;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Domain;
using AccountGrid.Grains;
using AccountGrid.Silo;
using AccountGrid.Testing;

namespace AccountGrid.Benchmarks;

/// <summary>
/// What an activation costs with a snapshot, against reading the whole journal; in the silo's own host, without the
/// call to the grain.
/// </summary>
internal sealed class SnapshotBenchmark(StoreKind kind) : IBenchmark
{
    /// <summary>Accounts of each length, loaded in turn so that no figure is about one row.</summary>
    private const int AccountsOfEach = 16;

    private static readonly int[] Lengths = [8, 64, 512];
    private static readonly Caller Owner = new(new Actor(ActorKind.Service, "benchmark"), Roles.Service);

    public string Name => kind == StoreKind.Postgres ? "snapshot-postgres" : "snapshot";

    public string Summary =>
        "loading an account from a snapshot against reading its journal, at 8, 64 and 512 entries (no goal)";

    public string? Missing => kind == StoreKind.Postgres ? PostgresServer.Missing : null;

    public async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        using var directory = WorkDirectory.Create(options);
        await using var server = kind == StoreKind.Postgres
            ? await PostgresServer.StartNewAsync(new PostgresServerOptions { Directory = directory.Sub("server") })
            : null;
        await using var host = SiloHost.Build(Settings(directory.Sub("silo"), server?.ConnectionString()));
        await StartAsync(host, cancellationToken);
        var probe = new Probe(host.Services);
        var rows = new List<Row>();
        foreach (var (length, first) in Lengths.Select(static (length, i) => (length, 1 + (i * AccountsOfEach))))
        {
            Progress.Report($"writing {AccountsOfEach} journals of {length} entries");
            await Task.WhenAll(
                Enumerable.Range(first, AccountsOfEach)
                    .Select(id => probe.SeedAsync(new AccountId(id), length, cancellationToken)));
            rows.AddRange(await CompareAsync(probe, options, first, length, cancellationToken));
        }

        return new Report(
            $"loading an account on {(kind == StoreKind.Postgres ? "PostgreSQL" : "SQLite")}, from a snapshot against from its journal alone",
            rows,
            null,
            [
                "every account was loaded at its full version, and every snapshot was used: none is read beyond its last entry"],
            [
                "the baseline reads the journal and asks for no snapshot; the rows \"none there\" ask for one that is not there, as the first activation of an account does"]);
    }

    private static async Task<IReadOnlyList<Row>> CompareAsync(
        Probe probe, BenchmarkOptions options, int first, int length, CancellationToken cancellationToken)
    {
        var ids = Enumerable.Range(first, AccountsOfEach).Select(static id => new AccountId(id)).ToArray();
        var series = await Rounds.RunAsync(
            options.Rounds,
            warmUps: 1,
            [
                Contender("journal alone", id => probe.LoadAsync(id, null, length, cancellationToken)),
                Contender("no snapshot there",
                    id => probe.LoadAsync(id, new AccountId(id.Value + 1_000_000), length, cancellationToken)),
                Contender("snapshot", id => probe.LoadAsync(id, id, length, cancellationToken)),
            ],
            cancellationToken);
        var name = string.Create(CultureInfo.InvariantCulture, $"{length} entries");
        return
        [
            Row.Compare($"{name}, none there", series[0], series[1], Units.Time, Goal.None),
            Row.Compare(name, series[0], series[2], Units.Time, Goal.None),
        ];

        Contender Contender(string who, Func<AccountId, Task> load) => new(who, async round =>
        {
            var clock = TimeProvider.System;
            var start = clock.GetTimestamp();
            var until = options.LengthOf(round);
            var loaded = 0;
            do
            {
                await load(ids[loaded++ % ids.Length]);
            }
            while (clock.GetElapsedTime(start) < until);
            return new Sample(clock.GetElapsedTime(start).TotalSeconds / loaded);
        });
    }

    private static Dictionary<string, string?> Settings(string directory, string? postgres) => new()
    {
        ["AccountGrid:Data"] = directory,
        ["AccountGrid:HttpPort"] = "0",
        ["AccountGrid:GrpcPort"] = "0",
        ["AccountGrid:Postgres"] = postgres,
        ["AccountGrid:Operators:MaxHarms"] = "1000000",
        ["AccountGrid:Brake:MaxHarms"] = "1000000",
    };

    private static async Task StartAsync(SiloHost host, CancellationToken cancellationToken)
    {
        // Runs until this process ends; the banner is the sign that it serves.
        using var banner = new StringWriter();
        var running = host.RunAsync(banner);
        while (banner.GetStringBuilder().Length == 0)
        {
            if (running.IsCompleted)
            {
                await running;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    /// <summary>The parts of a silo that an activation uses.</summary>
    private sealed class Probe(IServiceProvider services)
    {
        private readonly AccountServices _accounts = services.GetRequiredService<AccountServices>();
        private readonly AccountRegistrar _registrar = services.GetRequiredService<AccountRegistrar>();
        private readonly SnapshotStore _snapshots = services.GetRequiredService<SnapshotStore>();

        /// <summary>Registers an account, appends to its journal up to a length, and stores its snapshot.</summary>
        public async Task SeedAsync(AccountId id, int length, CancellationToken cancellationToken)
        {
            await _registrar.RegisterAsync(
                id, AccountSeeder.HandleOf(id.Value), Owner, requestId: null, cancellationToken);
            var processor = new AccountProcessor(id, _accounts);
            await processor.LoadAsync(null, cancellationToken);
            while (processor.View.State.Version < length)
            {
                AccountCommand command = processor.View.State.Status == AccountStatus.Active
                    ? new AccountCommand.Harm(
                        new HarmAction(HarmKind.OwnerDeactivate, "OWNER_REQUEST", "", "", null, null), DirectOnly: true)
                    : new AccountCommand.Restore(Owner: true, [], "OWNER_REQUEST", "", "", ReadsRefused: 0);
                var result = await processor.ExecuteAsync(new AccountRequest(command, Owner), cancellationToken);
                VerificationException.ThrowUnlessEqual(
                    Outcome.Done, result.Outcome, $"Account {id}, {result.Refusal?.Message}");
            }

            await _snapshots.WriteAsync(GrainOf(id), processor.CaptureSnapshot(), etag: null);
        }

        /// <summary>Does what an activation does.</summary>
        /// <param name="id">The account.</param>
        /// <param name="snapshotOf">Whose snapshot is asked for; <c>null</c> = none is.</param>
        /// <param name="length">The version that it must have.</param>
        /// <param name="cancellationToken">Ends it.</param>
        public async Task LoadAsync(
            AccountId id, AccountId? snapshotOf, int length, CancellationToken cancellationToken)
        {
            var processor = new AccountProcessor(id, _accounts);
            var snapshot = snapshotOf is { } asked ? (await _snapshots.ReadAsync(GrainOf(asked))).Snapshot : null;
            await processor.LoadAsync(snapshot, cancellationToken);
            VerificationException.ThrowUnlessEqual(length, processor.View.State.Version, $"Version of account {id}");
            VerificationException.ThrowUnlessEqual(
                snapshotOf == id ? 0L : length, processor.EntriesSinceSnapshot, $"Entries read for account {id}");
        }

        private static GrainId GrainOf(AccountId id) =>
            GrainId.Create(GrainType.Create("account"), GrainIdKeyExtensions.CreateIntegerKey(id.Value));
    }
}
