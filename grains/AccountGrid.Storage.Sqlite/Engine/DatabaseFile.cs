using System.Globalization;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// Opens the database file, having made sure first, without writing a byte, that it is ours and not newer than we are.
/// </summary>
internal static class DatabaseFile
{
    /// <summary>Opens the writer's connection on a file that is new or passed the check, and migrates it.</summary>
    /// <exception cref="StorageRefusedException">It is newer or foreign; it is untouched.</exception>
    public static Database OpenAndMigrate(string path, SqliteStorageOptions options, Action<Migration> migrated)
    {
        RefuseWhatIsNoDatabase(path);
        OwnerOnly.MakeFile(path);
        var database = Database.Open(path, SqliteOpenMode.ReadWriteCreate, options.BusyTimeout);
        try
        {
            // The version may stand in a write-ahead log that a crash left behind, so it takes a connection to see it;
            // and a connection that closes would copy that log into the file, unless told not to.
            database.CheckpointOnClose(false);
            RefuseWhatIsNotOurs(database, path);
            database.CheckpointOnClose(true);
            Configure(database, options);
            foreach (var step in Migrations.Apply(database))
            {
                migrated(step);
            }

            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens the writer's connection on a file that this store has migrated before.</summary>
    public static Database OpenWriter(string path, SqliteStorageOptions options)
    {
        var database = Database.Open(path, SqliteOpenMode.ReadWrite, options.BusyTimeout);
        try
        {
            Configure(database, options);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static void Configure(Database database, SqliteStorageOptions options)
    {
        database.Execute("PRAGMA journal_mode = WAL");
        database.Execute("PRAGMA synchronous = FULL");
        database.Execute(
            string.Create(CultureInfo.InvariantCulture, $"PRAGMA wal_autocheckpoint = {options.CheckpointPages}"));

        // A long audit view lets the log grow; this gives the space back at the next checkpoint after it.
        database.Execute(
            string.Create(CultureInfo.InvariantCulture,
                $"PRAGMA journal_size_limit = {options.CheckpointPages * 2L * 4096}"));
        database.SetCache(options.WriterCacheBytes);
    }

    private static void RefuseWhatIsNoDatabase(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        Span<byte> header = stackalloc byte[16];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (read != 0 && !header.SequenceEqual("SQLite format 3\0"u8))
        {
            throw new StorageRefusedException(
                StorageRefusal.Foreign,
                $"'{path}' is not a database; it was left as it is. Move it away, or choose another data directory.");
        }
    }

    private static void RefuseWhatIsNotOurs(Database database, string path)
    {
        var version = database.Scalar("PRAGMA user_version");
        var application = database.Scalar("PRAGMA application_id");
        var isNew = version == 0 && application == 0 && database.Scalar("SELECT count(*) FROM sqlite_schema") == 0;
        if (!isNew && (application != Migrations.ApplicationId || version < 1))
        {
            throw new StorageRefusedException(
                StorageRefusal.Foreign,
                $"'{path}' is another program's database; it was left as it is. Choose another data directory.");
        }

        Migrations.Steps.RefuseNewer($"'{path}'", version);
    }
}
