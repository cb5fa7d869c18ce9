using AccountGrid.Domain;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// The settings of the PostgreSQL store. Immutable; checked by <see cref="Validate"/> before anything is opened. A process holds at most
/// <c>2 + FollowWriters + Readers + AuditViews</c> connections: the server's <c>max_connections</c> must have room for that of every silo.
/// </summary>
public sealed record PostgresStorageOptions
{
    /// <summary>The longest schema name, in characters: what PostgreSQL itself keeps of a name, less room for names derived from it.</summary>
    public const int MaxSchemaLength = 48;

    /// <summary>
    /// Where the database is and who connects, in Npgsql's form, such as <c>Host=db;Database=accountgrid;Username=accountgrid_service;Password=...</c>. A
    /// secret: it is in no log, no error and not in <see cref="ToString"/>. Pooling, timeouts and the search path in it are replaced by the settings here. Required.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>
    /// The schema of all tables, made by the first migration if it is absent. 1 to <see cref="MaxSchemaLength"/> characters of <c>a-z 0-9 _</c>, the first a
    /// letter; default <c>accountgrid</c>. Two schemas of one database are two stores that know nothing of each other.
    /// </summary>
    public string Schema { get; init; } = "accountgrid";

    /// <summary>
    /// Whether opening an older or empty database migrates it. Default true; false where a role with less power runs the service and the owner migrates
    /// beforehand (<see cref="PostgresStore.MigrateAsync"/>): opening then refuses an older database.
    /// </summary>
    public bool Migrate { get; init; } = true;

    /// <summary>The role of the service, which a migration gives exactly the rights that it needs; it exists already. Null (the default): none, the owner serves.</summary>
    public string? ServiceRole { get; init; }

    /// <summary>Appends (and, counted apart, follow batches) that may wait for a writer; the next one is refused as overload. 1 to 1,000,000; default 8,192.</summary>
    public int WriterQueueDepth { get; init; } = 8_192;

    /// <summary>
    /// Follow changes that may wait, over all batches, each of which counts as one more. <see cref="Limits.FollowBatch"/> to 100,000,000; default 500,000 (8 MB of memory).
    /// </summary>
    public int FollowQueueChanges { get; init; } = 500_000;

    /// <summary>Most appends in one transaction; follows are bounded by their rows. 1 to 65,536; default 1,024. Bounds how long the first caller waits for the last.</summary>
    public int MaxBatch { get; init; } = 1_024;

    /// <summary>
    /// Connections that write follow batches, beside the one that appends to journals. 1 to 16; default 1. More of them use more of the database
    /// server's processors, and lose to each other where they touch the same accounts.
    /// </summary>
    public int FollowWriters { get; init; } = 1;

    /// <summary>Connections that read. 1 to 256; default 8.</summary>
    public int Readers { get; init; } = 8;

    /// <summary>Reads that may be under way or waiting for a connection; the next one is refused as overload. 1 to 1,000,000; default 4,096.</summary>
    public int ReadQueueDepth { get; init; } = 4_096;

    /// <summary>
    /// Existence checks that may be under way or waiting; the next one is refused as overload, so that a storm of unknown ids neither fills
    /// memory nor takes the readers from everybody else. 1 to <see cref="ReadQueueDepth"/>; default 1,024, as on SQLite: several times
    /// what one batch of reads or follows asks at a time, so that a storm is needed to be refused.
    /// </summary>
    public int ExistsQueueDepth { get; init; } = 1_024;

    /// <summary>Audit views open at the same time; each keeps old rows alive. 1 to 16; default 2.</summary>
    public int AuditViews { get; init; } = 2;

    /// <summary>How long to try to connect. 1 second to 1 minute; default 5 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a write waits for another silo's lock before it fails, having written nothing. 100 milliseconds to 1 minute; default 5 seconds, far more than a
    /// commit takes. Whoever waited in vain ends a holder that has gone silent in the middle of its transaction (a stopped process).
    /// </summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long one statement may take, except in counting edges. Longer than <see cref="LockTimeout"/>, at most 10 minutes; default 30 seconds. The server ends it; if
    /// nothing is heard for 5 seconds more, the connection is given up and a write's outcome is unknown.
    /// </summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the feed looks for entries of which no notification came. 10 milliseconds to 1 minute; default 1 second.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What an overloaded queue tells its callers to wait. 1 millisecond to 1 minute; default 1 second.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range; the message names it.</exception>
    public void Validate()
    {
        Require(IsConnectionString(ConnectionString), nameof(ConnectionString), "must be a connection string in Npgsql's form that names one Host");
        Require(IsSchema(Schema), nameof(Schema), $"must be 1 to {MaxSchemaLength} characters of a-z 0-9 _, the first a letter");
        Require(ServiceRole is null || ServiceRole.Length is > 0 and <= 63 && !ServiceRole.Contains('\0', StringComparison.Ordinal), nameof(ServiceRole), "must be 1 to 63 characters");
        InRange(WriterQueueDepth, 1, 1_000_000, nameof(WriterQueueDepth));
        InRange(FollowQueueChanges, Limits.FollowBatch, 100_000_000, nameof(FollowQueueChanges));
        InRange(MaxBatch, 1, 65_536, nameof(MaxBatch));
        InRange(FollowWriters, 1, 16, nameof(FollowWriters));
        InRange(Readers, 1, 256, nameof(Readers));
        InRange(ReadQueueDepth, 1, 1_000_000, nameof(ReadQueueDepth));
        InRange(ExistsQueueDepth, 1, ReadQueueDepth, nameof(ExistsQueueDepth));
        InRange(AuditViews, 1, 16, nameof(AuditViews));
        InRange(ConnectTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), nameof(ConnectTimeout));
        InRange(LockTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), nameof(LockTimeout));
        InRange(CommandTimeout, LockTimeout + TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10), nameof(CommandTimeout));
        InRange(PollInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), nameof(PollInterval));
        InRange(RetryAfter, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), nameof(RetryAfter));
    }

    /// <summary>The settings without the connection string.</summary>
    public override string ToString() => $"{nameof(PostgresStorageOptions)} {{ {nameof(Schema)} = {Schema} }}";

    private static bool IsConnectionString(string? text)
    {
        try
        {
            return !string.IsNullOrWhiteSpace(text) && new NpgsqlConnectionStringBuilder(text).Host is { } host && !string.IsNullOrWhiteSpace(host) && !host.Contains(',', StringComparison.Ordinal);
        }
        catch (ArgumentException)
        {
            // Npgsql's own message may quote a part of it.
            return false;
        }
    }

    private static bool IsSchema(string? name) =>
        name is { Length: > 0 and <= MaxSchemaLength } && char.IsAsciiLetterLower(name[0]) && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    private static void Require(bool holds, string name, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"{name} {rule}.", name);
        }
    }

    private static void InRange<T>(T value, T min, T max, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {min} to {max}.");
        }
    }
}
