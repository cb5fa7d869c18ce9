using AccountGrid.Application;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AccountGrid.Storage.Sqlite;

/// <summary>Reads SQLite's result codes: what may pass by itself, and what to call it in a metric.</summary>
internal static class SqliteFailure
{
    public static StorageUnavailableException Translate(string what, SqliteException e, bool outcomeUnknown = false) =>
        new($"{what} failed: {KindOf(e)} ({e.SqliteExtendedErrorCode}).", e, IsTransient(e), outcomeUnknown);

    /// <summary>A few stable words, fit for a metric's label.</summary>
    public static string KindOf(SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => "disk full",
        raw.SQLITE_IOERR => "i/o error",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "busy",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "corrupt",
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => "not writable",
        raw.SQLITE_NOMEM => "out of memory",
        raw.SQLITE_CONSTRAINT => "constraint",
        raw.SQLITE_INTERRUPT => "interrupted",
        _ => "other",
    };

    private static bool IsTransient(SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_NOMEM or raw.SQLITE_INTERRUPT => true,

        // A full disk or quota also shows as a short write, a failed sync or a shared-memory file that cannot grow.
        raw.SQLITE_IOERR => e.SqliteExtendedErrorCode is raw.SQLITE_IOERR_WRITE or raw.SQLITE_IOERR_FSYNC
            or raw.SQLITE_IOERR_SHMSIZE or raw.SQLITE_IOERR_SHMMAP or raw.SQLITE_IOERR_NOMEM,
        _ => false,
    };
}
