using AccountGrid.KeyFiles;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Silo;

/// <summary>
/// The file behind Orleans' grain storage: one table, and the statements that its ADO.NET provider asks the database
/// for by key. Written from the provider's documented contract, with the whole identity as the primary key, so that of
/// two first writes one meets the other. It holds snapshots, which are never the truth: a file that cannot be read is
/// set aside and made anew.
/// </summary>
internal static class SnapshotDatabase
{
    /// <summary>The file name inside the data directory.</summary>
    public const string FileName = "grains.db";

    /// <summary>
    /// By this name the provider loads Microsoft.Data.Sqlite; by the library's own name it loads nothing.
    /// </summary>
    public const string Invariant = "System.Data.SQLite";

    private const int CurrentVersion = 1;
    private const int NotADatabase = 26;
    private const int Corrupt = 11;

    // No column of the key may be NULL, as SQLite takes NULLs for different from each other.
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS OrleansQuery (QueryKey TEXT NOT NULL PRIMARY KEY, QueryText TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS OrleansStorage (
            GrainIdHash            INTEGER NOT NULL,
            GrainIdN0              INTEGER NOT NULL,
            GrainIdN1              INTEGER NOT NULL,
            GrainTypeHash          INTEGER NOT NULL,
            GrainTypeString        TEXT    NOT NULL,
            GrainIdExtensionString TEXT    NOT NULL,
            ServiceId              TEXT    NOT NULL,
            PayloadBinary          BLOB    NULL,
            ModifiedOn             TEXT    NOT NULL,
            Version                INTEGER NOT NULL,
            PRIMARY KEY (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId)
        ) STRICT, WITHOUT ROWID;
        """;

    private const string Key = """
        GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
        AND GrainTypeString = @GrainTypeString AND GrainIdExtensionString = ifnull(@GrainIdExtensionString, '') AND ServiceId = @ServiceId
        """;

    // No row returned means that another write came first; Orleans makes that an InconsistentStateException.
    private const string Write = $"""
        INSERT INTO OrleansStorage (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version)
        SELECT @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, ifnull(@GrainIdExtensionString, ''), @ServiceId, @PayloadBinary, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 1
        WHERE @GrainStateVersion IS NULL OR EXISTS (SELECT 1 FROM OrleansStorage WHERE {Key} AND Version = @GrainStateVersion)
        ON CONFLICT DO UPDATE SET PayloadBinary = excluded.PayloadBinary, ModifiedOn = excluded.ModifiedOn, Version = Version + 1
            WHERE Version = @GrainStateVersion
        RETURNING Version AS NewGrainStateVersion;
        """;

    private const string Read = $"SELECT PayloadBinary, Version FROM OrleansStorage WHERE {Key};";

    private const string Clear = $"""
        UPDATE OrleansStorage SET PayloadBinary = NULL, ModifiedOn = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), Version = Version + 1
        WHERE {Key} AND Version = @GrainStateVersion
        RETURNING Version AS NewGrainStateVersion;
        """;

    /// <summary>How to connect to a file.</summary>
    public static string ConnectionString(string file) => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Mode = SqliteOpenMode.ReadWriteCreate,
        Cache = SqliteCacheMode.Private,
        Pooling = true,
        DefaultTimeout = 5,
    }.ToString();

    /// <summary>Makes the file, or checks it.</summary>
    /// <returns>Where an unreadable file was set aside, or <c>null</c>.</returns>
    /// <exception cref="InvalidDataException">A newer program wrote it; it is left untouched.</exception>
    public static string? Open(string file)
    {
        try
        {
            Create(file);
            return null;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is NotADatabase or Corrupt)
        {
            SqliteConnection.ClearAllPools();
            var aside = file + ".unreadable";
            File.Move(file, aside, overwrite: true);
            foreach (var leftover in (string[])[file + "-wal", file + "-shm"])
            {
                File.Delete(leftover);
            }

            Create(file);
            return aside;
        }
    }

    private static void Create(string file)
    {
        // With mode 0600, which SQLite gives to the files beside it, too; an empty file is a new database to it.
        if (!File.Exists(file))
        {
            PrivateFile.TryCreate(file, "");
        }

        using var connection = new SqliteConnection(ConnectionString(file));
        connection.Open();
        var version = Convert.ToInt32(
            Execute(connection, "PRAGMA user_version"), System.Globalization.CultureInfo.InvariantCulture);
        if (version > CurrentVersion)
        {
            throw new InvalidDataException(
                $"{file} has version {version}; this program knows versions up to {CurrentVersion}. It holds snapshots only: start the newer program, or move the file away.");
        }

        Execute(connection, "PRAGMA journal_mode=WAL");
        using var transaction = connection.BeginTransaction();
        Execute(connection, Schema);
        foreach (var (key,
            text) in new[] { ("WriteToStorageKey", Write), ("ReadFromStorageKey", Read), ("ClearStorageKey", Clear) })
        {
            using var command = connection.CreateCommand();
            command.CommandText =
                "INSERT INTO OrleansQuery VALUES ($key, $text) ON CONFLICT DO UPDATE SET QueryText = excluded.QueryText";
            command.Parameters.AddWithValue("$key", key);
            command.Parameters.AddWithValue("$text", text);
            command.ExecuteNonQuery();
        }

        Execute(connection, $"PRAGMA user_version={CurrentVersion}");
        transaction.Commit();
    }

    private static object? Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
