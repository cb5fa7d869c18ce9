using AccountGrid.Application;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// Reads Npgsql's exceptions: what may pass by itself, whether the transaction is known to be undone, and what to call
/// it in a metric.
/// </summary>
internal static class PostgresFailure
{
    public static StorageUnavailableException Translate(string what, Exception e, bool outcomeUnknown = false)
    {
        var state = (e as PostgresException)?.SqlState;
        return new($"{what} failed: {KindOf(e)}{(state is null ? "" : $" ({state})")}.", e, IsTransient(e),
            outcomeUnknown);
    }

    /// <summary>A few stable words, fit for a metric's label.</summary>
    public static string KindOf(Exception e) => e is not PostgresException { SqlState: var state }
        ? e is TimeoutException || e.InnerException is TimeoutException ? "timeout"
            : e is NpgsqlException or IOException ? "connection"
            : e is StorageRefusedException ? "not durable"
            : "fault"
        : state switch
        {
            PostgresErrorCodes.DiskFull => "disk full",
            PostgresErrorCodes.OutOfMemory => "out of memory",
            PostgresErrorCodes.TooManyConnections => "too many connections",
            PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => "contention",
            PostgresErrorCodes.LockNotAvailable => "lock timeout",
            PostgresErrorCodes.QueryCanceled => "timeout",
            PostgresErrorCodes.ReadOnlySqlTransaction => "read-only",
            PostgresErrorCodes.InsufficientPrivilege or "28000" or "28P01" => "not permitted",
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedFunction
                or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.InvalidCatalogName => "not migrated",
            _ when state.StartsWith("23", StringComparison.Ordinal) => "constraint",
            _ when state.StartsWith("08", StringComparison.Ordinal) => "connection",
            _ when state.StartsWith("57P", StringComparison.Ordinal) => "stopped",
            _ when state.StartsWith("XX", StringComparison.Ordinal) => "corrupt",
            _ => "other",
        };

    /// <summary>Whether it comes from the database or from the way to it, not from a fault of this program.</summary>
    public static bool IsOurs(Exception e) =>
        e is NpgsqlException or TimeoutException or IOException or StorageRefusedException;

    /// <summary>
    /// Whether the server itself said that it undid the transaction and the connection goes on. A fatal one, or
    /// silence, says nothing about a commit that had been sent.
    /// </summary>
    public static bool IsUndone(Exception e) => e is PostgresException { InvariantSeverity: "ERROR" };

    /// <summary>
    /// Undone because of others at the same moment: the same again, at once, is likely to succeed. A key that is taken
    /// is asked about again first.
    /// </summary>
    public static bool IsContention(Exception e) => e is PostgresException
    {
        SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
            or PostgresErrorCodes.UniqueViolation,
    };

    /// <summary>Undone because of what one of the operations is, not because of how the server is.</summary>
    public static bool IsOfOneOperation(Exception e) => e is PostgresException { SqlState: ['2', '2' or '3', ..] };

    /// <summary>Whether the connection itself failed: a read may then be tried on another.</summary>
    public static bool IsOfConnection(Exception e) =>
        e is NpgsqlException and not PostgresException { InvariantSeverity: "ERROR" }
            && e.InnerException is not TimeoutException;

    private static bool IsTransient(Exception e) => e switch
    {
        // Beside what Npgsql counts: a server that is stopped, restarted or a standby not yet promoted, and a statement
        // that took too long.
        PostgresException
        {
            SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
                or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ReadOnlySqlTransaction,
        } => true,
        NpgsqlException npgsql => npgsql.IsTransient,
        _ => e is TimeoutException or IOException,
    };
}
