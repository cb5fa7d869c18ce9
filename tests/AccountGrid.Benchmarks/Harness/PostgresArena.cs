using AccountGrid.Benchmarks.Baselines;
using AccountGrid.Storage.Postgres;
using AccountGrid.Testing;
using Npgsql;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>
/// A throw-away server for each, all with the same settings: so that one's checkpoints and vacuuming are not in the
/// other's way, and each one's processor time can be told.
/// </summary>
internal sealed class PostgresArena(BenchmarkOptions options, SyncDelay? delay) : Arena(options, delay)
{
    /// <summary>The schema of silos, theirs by default.</summary>
    public const string Schema = "accountgrid";

    // Set as for this load in production; durability is as it comes. Checkpoints fall between the rounds
    // of everybody alike.
    private static readonly string[] Settings =
        ["shared_buffers=256MB", "max_wal_size=4GB", "checkpoint_timeout=15min", "synchronous_commit=on", "fsync=on"];

    private readonly Dictionary<string, PostgresServer> _servers = [];

    public override string Description => "PostgreSQL 15 (synchronous_commit=on, a server each with the same settings)";

    protected override bool IsInProcess => false;

    /// <summary>The server of a contestant, started when it is first asked for.</summary>
    public async Task<PostgresServer> ServerOfAsync(string name)
    {
        if (!_servers.TryGetValue(name, out var server))
        {
            // The user that the server runs as must be able to come to its folder.
            var directory = DirectoryOf("servers");
            server = _servers[name] =
                await PostgresServer.StartNewAsync(
                    new PostgresServerOptions { Settings = Settings, Environment = Slower, Directory = directory });
        }

        return server;
    }

    public override async Task SeedAsync(string name, int accounts, CancellationToken cancellationToken)
    {
        await using var store =
            new PostgresStore(
                new PostgresStorageOptions { ConnectionString = (await ServerOfAsync(name)).ConnectionString() },
                TimeProvider.System);
        await store.OpenAsync(cancellationToken);
        await AccountSeeder.SeedAsync(store, accounts, cancellationToken);
    }

    public override async Task<long> CountEdgesAsync(string name, int accounts, CancellationToken cancellationToken) =>
        await ReadAsync(
            name, $"SELECT count(*) FROM {Schema}.follower WHERE account BETWEEN 1 AND {accounts}", cancellationToken);

    public override async Task<PeerTotals> ReadPeerAsync(string name, CancellationToken cancellationToken)
    {
        await using var peer = new PostgresPeer((await ServerOfAsync(name)).ConnectionString());
        return await peer.ReadTotalsAsync(cancellationToken);
    }

    public override Task<long> SizeAsync(string name, CancellationToken cancellationToken) =>
        ReadAsync(name, "SELECT pg_database_size(current_database())", cancellationToken);

    public override async Task<IReadOnlyList<string>> DescribeSizeAsync(
        string name, CancellationToken cancellationToken)
    {
        await using var connection =
            new NpgsqlConnection((await ServerOfAsync(name)).ConnectionString() + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "SELECT relname || ' ' || to_char(pg_relation_size(oid), 'FM999,999,999,999') FROM pg_class WHERE relnamespace::regnamespace::text LIKE 'accountgrid%' AND pg_relation_size(oid) > 500000 ORDER BY pg_relation_size(oid) DESC",
            connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var parts = new List<string>();
        while (await rows.ReadAsync(cancellationToken))
        {
            parts.Add(rows.GetString(0));
        }

        return [$"bytes at the end, of those above 500 kB: {string.Join("; ", parts)}"];
    }

    public override double DatabaseTime(string name) => ProcessorTime.OfTree(_servers[name].ProcessId);

    public override async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    /// <summary>A single number from a contestant's database.</summary>
    public async Task<long> ReadAsync(string name, string sql, CancellationToken cancellationToken)
    {
        await using var connection =
            new NpgsqlConnection((await ServerOfAsync(name)).ConnectionString() + ";Pooling=false;Command Timeout=600");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    protected override async Task<IReadOnlyDictionary<string, string>> SettingsOfAsync(string name) =>
        new Dictionary<string, string> { [SiloSettings.Postgres] = (await ServerOfAsync(name)).ConnectionString() };

    protected override async Task<PeerPlace> PlaceOfAsync(string name, string? redis) =>
        new((await ServerOfAsync(name)).ConnectionString(), redis);
}
