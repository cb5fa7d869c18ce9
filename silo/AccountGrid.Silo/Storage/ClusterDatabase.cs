using AccountGrid.Grains;
using AccountGrid.Storage;
using AccountGrid.Storage.Postgres;
using Npgsql;

namespace AccountGrid.Silo;

/// <summary>
/// The tables and statements of Orleans' ADO.NET providers on PostgreSQL: membership (which silos there are) and grain
/// storage (snapshots). Written from the providers' contract: they ask <c>OrleansQuery</c> for a statement by key, and
/// know its parameters and columns by name.
/// </summary>
/// <remarks>
/// They lie in a schema of their own beside the store's. Every change is one statement, hence atomic: a membership row
/// never changes without the version of the table, and of two first writes of one grain's state one is refused, because
/// the whole identity is the primary key.
/// </remarks>
internal static class ClusterDatabase
{
    /// <summary>By this name the providers know Npgsql.</summary>
    public const string Invariant = "Npgsql";

    private const int MaxConnections = 10;

    private const string Tables = """
        CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY);
        CREATE TABLE IF NOT EXISTS OrleansQuery (QueryKey text PRIMARY KEY, QueryText text NOT NULL);
        CREATE TABLE IF NOT EXISTS OrleansMembershipVersionTable (
            DeploymentId text PRIMARY KEY,
            Timestamp    timestamptz NOT NULL DEFAULT now(),
            Version      integer NOT NULL DEFAULT 0
        );
        CREATE TABLE IF NOT EXISTS OrleansMembershipTable (
            DeploymentId text NOT NULL REFERENCES OrleansMembershipVersionTable,
            Address      text NOT NULL,
            Port         integer NOT NULL,
            Generation   integer NOT NULL,
            SiloName     text NOT NULL,
            HostName     text NOT NULL,
            Status       integer NOT NULL,
            ProxyPort    integer NOT NULL,
            SuspectTimes text,
            StartTime    timestamptz NOT NULL,
            IAmAliveTime timestamptz NOT NULL,
            PRIMARY KEY (DeploymentId, Address, Port, Generation)
        );
        CREATE TABLE IF NOT EXISTS OrleansStorage (
            GrainIdHash            integer NOT NULL,
            GrainTypeHash          integer NOT NULL,
            GrainIdN0              bigint NOT NULL,
            GrainIdN1              bigint NOT NULL,
            GrainTypeString        text NOT NULL,
            GrainIdExtensionString text NOT NULL,
            ServiceId              text NOT NULL,
            PayloadBinary          bytea,
            ModifiedOn             timestamptz NOT NULL,
            Version                integer NOT NULL,
            PRIMARY KEY (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId)
        );
        """;

    private const string Grants = """
        GRANT USAGE ON SCHEMA {schema} TO {service};
        GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {service};
        GRANT INSERT, UPDATE, DELETE ON OrleansMembershipVersionTable, OrleansMembershipTable, OrleansStorage TO {service};
        GRANT INSERT, UPDATE ON ClusterPlace TO {service};
        """;

    private const string Silo =
        "DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation";

    private const string MembershipColumns =
        "v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime, m.IAmAliveTime, v.Version";

    // Only the statement that increments the table's version may change a row (compare-and-swap). One that read an
    // older version changes 0 rows, and its silo reads again.
    private const string InsertMembership = $"""
        WITH turned AS (
            UPDATE OrleansMembershipVersionTable SET Timestamp = now(), Version = Version + 1
            WHERE DeploymentId = @DeploymentId AND Version = @Version AND NOT EXISTS (SELECT 1 FROM OrleansMembershipTable WHERE {Silo})
            RETURNING DeploymentId
        ), added AS (
            INSERT INTO OrleansMembershipTable (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
            SELECT DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM turned
            RETURNING 1
        )
        SELECT count(*)::integer FROM added
        """;

    private const string UpdateMembership = $"""
        WITH turned AS (
            UPDATE OrleansMembershipVersionTable SET Timestamp = now(), Version = Version + 1
            WHERE DeploymentId = @DeploymentId AND Version = @Version AND EXISTS (SELECT 1 FROM OrleansMembershipTable WHERE {Silo})
            RETURNING DeploymentId
        ), changed AS (
            UPDATE OrleansMembershipTable m SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
            FROM turned WHERE m.DeploymentId = turned.DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
            RETURNING 1
        )
        SELECT count(*)::integer FROM changed
        """;

    private const string State = """
        GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
        AND GrainTypeString = @GrainTypeString AND GrainIdExtensionString = coalesce(@GrainIdExtensionString::text, '') AND ServiceId = @ServiceId
        """;

    // No row returned means that another write came first; Orleans makes that an InconsistentStateException.
    private const string WriteState = $"""
        INSERT INTO OrleansStorage AS s (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version)
        SELECT @GrainIdHash, @GrainTypeHash, @GrainIdN0, @GrainIdN1, @GrainTypeString, coalesce(@GrainIdExtensionString::text, ''), @ServiceId, @PayloadBinary, now(), 1
        WHERE @GrainStateVersion::integer IS NULL OR EXISTS (SELECT 1 FROM OrleansStorage WHERE {State} AND Version = @GrainStateVersion::integer)
        ON CONFLICT (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId)
            DO UPDATE SET PayloadBinary = excluded.PayloadBinary, ModifiedOn = excluded.ModifiedOn, Version = s.Version + 1
            WHERE s.Version = @GrainStateVersion::integer
        RETURNING s.Version AS NewGrainStateVersion
        """;

    private static readonly (string Key, string Text)[] Queries =
    [
        ("InsertMembershipVersionKey", """
            WITH added AS (INSERT INTO OrleansMembershipVersionTable (DeploymentId) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
            SELECT count(*)::integer FROM added
            """),
        ("InsertMembershipKey", InsertMembership),
        ("UpdateMembershipKey", UpdateMembership),
        ("UpdateIAmAlivetimeKey", $"UPDATE OrleansMembershipTable SET IAmAliveTime = @IAmAliveTime WHERE {Silo}"),
        ("MembershipReadRowKey", $"""
            SELECT {MembershipColumns} FROM OrleansMembershipVersionTable v
            LEFT JOIN OrleansMembershipTable m ON m.DeploymentId = v.DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
            WHERE v.DeploymentId = @DeploymentId
            """),
        ("MembershipReadAllKey", $"""
            SELECT {MembershipColumns} FROM OrleansMembershipVersionTable v LEFT JOIN OrleansMembershipTable m ON m.DeploymentId = v.DeploymentId
            WHERE v.DeploymentId = @DeploymentId
            """),
        ("DeleteMembershipTableEntriesKey", """
            WITH silos AS (DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId)
            DELETE FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId
            """),
        ("GatewaysQueryKey",
            "SELECT Address, ProxyPort, Generation FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0"),

        // 3 is SiloStatus.Active: silos that have given no sign of life for that long and are not in service.
        ("CleanupDefunctSiloEntriesKey",
            "DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId AND IAmAliveTime < @IAmAliveTime AND Status <> 3"),
        ("WriteToStorageKey", WriteState),
        ("ReadFromStorageKey", $"SELECT PayloadBinary, Version FROM OrleansStorage WHERE {State}"),
        ("ClearStorageKey", $"""
            UPDATE OrleansStorage SET PayloadBinary = NULL, ModifiedOn = now(), Version = Version + 1 WHERE {State} AND Version = @GrainStateVersion::integer
            RETURNING Version AS NewGrainStateVersion
            """),
        ("DeleteStorageKey",
            $"DELETE FROM OrleansStorage WHERE {State} AND Version = @GrainStateVersion::integer RETURNING Version + 1 AS NewGrainStateVersion"),
    ];

    /// <summary>The schema beside the store's.</summary>
    public static string SchemaOf(PostgresStorageOptions options) => ClusterNames.OrleansSchemaOf(options.Schema);

    /// <summary>
    /// The connections of the providers: few, and without the reset between two uses and with statements that prepare
    /// themselves, which more than doubled their writes here.
    /// </summary>
    public static NpgsqlDataSource Connect(PostgresStorageOptions options) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            SearchPath = SchemaOf(options),
            Pooling = true,
            MaxPoolSize = MaxConnections,
            NoResetOnClose = true,
            MaxAutoPrepare = Queries.Length,
            AutoPrepareMinUsages = 2,
            Timeout = (int)Math.Ceiling(options.ConnectTimeout.TotalSeconds),
            CommandTimeout = (int)Math.Ceiling(options.CommandTimeout.TotalSeconds),
            Enlist = false,
            IncludeErrorDetail = false,
            LogParameters = false,
            PersistSecurityInfo = false,
        });

    /// <summary>
    /// Creates what is missing, and removes the membership of another database from a copy of it
    /// (<see cref="ClusterPlace"/>). A newer version is left as it is and used: its statements keep the providers'
    /// contract, so that silos of both versions run together while one is replaced by the other.
    /// </summary>
    /// <exception cref="StorageRefusedException">
    /// It is another program's, or it is missing or older and this role is not to migrate.
    /// </exception>
    public static async Task EnsureAsync(
        NpgsqlDataSource database, PostgresStorageOptions options, ILogger log, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await Migrator(options).EnsureAsync(connection, cancellationToken);
        await ClusterPlace.ClaimAsync(connection, log, cancellationToken);
    }

    /// <summary>
    /// The same as its owner, whatever <see cref="PostgresStorageOptions.Migrate"/> says; gives
    /// <see cref="PostgresStorageOptions.ServiceRole"/> its rights in any case. Safe to repeat.
    /// </summary>
    /// <returns>The version that it has now.</returns>
    /// <exception cref="StorageRefusedException">It is another program's.</exception>
    public static async Task<long> MigrateAsync(
        NpgsqlDataSource database, PostgresStorageOptions options, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var migrator = Migrator(options);
        await migrator.ApplyAsync(connection, cancellationToken);
        return await migrator.ReadVersionAsync(connection, cancellationToken);
    }

    private static SchemaMigrator Migrator(PostgresStorageOptions options)
    {
        var queries = string.Concat(Queries.Select(static query => $"""
            INSERT INTO OrleansQuery VALUES ({Literal(query.Key)}, {Literal(query.Text)})
            ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText;

            """));
        var steps = new MigrationSteps(
            new Migration(1, "tables and statements", Tables + "\n" + queries),
            new Migration(2, "the database's place", ClusterPlace.Table));
        return new(
            new PostgresSchema(SchemaOf(options), steps, "orleansmembershiptable", Grants)
            {
                AcceptsNewer = true,
                NamesSteps = false,
            },
            options);
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
