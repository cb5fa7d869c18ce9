using AccountGrid.Domain;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// The settings of the PostgreSQL store. Immutable. A process holds at most <c>2 + FollowWriters + Readers +
/// AuditViews</c> connections: the server's <c>max_connections</c> must have room for that of every silo.
/// </summary>
public sealed record PostgresStorageOptions : StoreOptions
{
    /// <summary>
    /// The longest schema name, in characters: PostgreSQL's own limit, less room for names derived from it.
    /// </summary>
    public const int MaxSchemaLength = 48;

    /// <summary>
    /// Where the database is and which role connects, in Npgsql's form, such as
    /// <c>Host=db;Database=accountgrid;Username=accountgrid_service;Password=...</c>. A secret: it is in no log, no
    /// error and not in <see cref="ToString"/>. Its pooling, timeouts and search path are replaced by the settings
    /// here. Required.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>
    /// The schema of all tables, made by the first migration if it is absent. 1 to <see cref="MaxSchemaLength"/>
    /// characters of <c>a-z 0-9 _</c>, the first a letter; default <c>accountgrid</c>. Two schemas of one database are
    /// two separate stores.
    /// </summary>
    public string Schema { get; init; } = "accountgrid";

    /// <summary>
    /// Whether opening an older or empty database migrates it. Default true; false where a role with fewer rights runs
    /// the service and the owner migrates beforehand (<see cref="PostgresStore.MigrateAsync"/>): opening then refuses
    /// an older database.
    /// </summary>
    public bool Migrate { get; init; } = true;

    /// <summary>
    /// The role of the service, which a migration gives exactly the rights that it needs; it exists already. Null (the
    /// default): none, the owner serves.
    /// </summary>
    public string? ServiceRole { get; init; }

    /// <summary>
    /// Connections that write follow batches, beside the one that appends to journals. 1 to 16; default 1. More of them
    /// use more of the database server's processors, and wait for each other where they write to the same accounts.
    /// </summary>
    public int FollowWriters { get; init; } = 1;

    /// <summary>Connections that read. 1 to 256; default 8.</summary>
    public override int Readers { get; init; } = 8;

    /// <summary>How long to try to connect. 1 second to 1 minute; default 5 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a write waits for another silo's lock before it fails, having written nothing. 100 milliseconds to 1
    /// minute; default 5 seconds, far more than a commit takes. After such a wait, sessions that hold the lock while
    /// their client sends nothing (a stopped process) are ended.
    /// </summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long one statement may take, except in counting edges. Longer than <see cref="LockTimeout"/>, at most 10
    /// minutes; default 30 seconds. The server ends it; without an answer for 5 seconds more, the connection is given
    /// up and a write's outcome is unknown.
    /// </summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often the feed looks for entries of which no notification came. 10 milliseconds to 1 minute; default 1
    /// second.
    /// </summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The settings without the connection string.</summary>
    public override string ToString() => $"{nameof(PostgresStorageOptions)} {{ {nameof(Schema)} = {Schema} }}";

    /// <inheritdoc />
    protected override void Check(SettingCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.That(
            IsConnectionString(ConnectionString),
            nameof(ConnectionString),
            "must be a connection string in Npgsql's form that names one Host");
        check.That(
            IsSchema(Schema), nameof(Schema),
            $"must be 1 to {MaxSchemaLength} characters of a-z 0-9 _, the first a letter");
        check.That(
            ServiceRole is null
                || (ServiceRole.Length is > 0 and <= 63 && !ServiceRole.Contains('\0', StringComparison.Ordinal)),
            nameof(ServiceRole),
            "must be 1 to 63 characters");
        base.Check(check);
        check.In(FollowWriters, 1, 16, nameof(FollowWriters));
        check.In(Readers, 1, 256, nameof(Readers));
        check.In(ConnectTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), nameof(ConnectTimeout));
        check.In(LockTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), nameof(LockTimeout));
        check.That(CommandTimeout > LockTimeout, nameof(CommandTimeout), $"must be longer than {nameof(LockTimeout)}");
        check.In(CommandTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(10), nameof(CommandTimeout));
        check.In(PollInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), nameof(PollInterval));
    }

    private static bool IsConnectionString(string? text)
    {
        try
        {
            return !string.IsNullOrWhiteSpace(text)
                && new NpgsqlConnectionStringBuilder(text).Host is { } host
                && !string.IsNullOrWhiteSpace(host)
                && !host.Contains(',', StringComparison.Ordinal);
        }
        catch (ArgumentException)
        {
            // Npgsql's own message may quote a part of it.
            return false;
        }
    }

    private static bool IsSchema(string? name) =>
        name is { Length: > 0 and <= MaxSchemaLength }
        && char.IsAsciiLetterLower(name[0])
        && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
}
