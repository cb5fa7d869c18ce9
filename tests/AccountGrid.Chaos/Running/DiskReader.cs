using System.Collections.Immutable;
using AccountGrid.Testing;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Chaos.Running;

/// <summary>
/// Reads the database of a dead process. It reads a copy: opening the real one would replay and empty the write-ahead
/// log, and so do the recovery that the silo has to do itself.
/// </summary>
internal static class DiskReader
{
    private const string FileName = "accountgrid.db";

    /// <summary>The follow edges and counts; nothing where there is no database yet.</summary>
    public static DiskState Read(string dataDirectory)
    {
        using var copy = new TempDirectory();
        if (!File.Exists(Path.Combine(dataDirectory, FileName)))
        {
            return new([], [], LastCheckpoint: 0);
        }

        foreach (var name in (string[])[FileName, FileName + "-wal"])
        {
            if (File.Exists(Path.Combine(dataDirectory, name)))
            {
                File.Copy(Path.Combine(dataDirectory, name), copy.File(name));
            }
        }

        var connectionString =
            new SqliteConnectionStringBuilder { DataSource = copy.File(FileName), Pooling = false }.ToString();
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        if (Scalar(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'checkpoint'") == 0)
        {
            return new([], [], LastCheckpoint: 0);
        }

        return new(
            Pairs(connection, "SELECT account, follower FROM follower").GroupBy(p => p.First, p => p.Second)
                .ToImmutableDictionary(g => g.Key, g => g.ToImmutableHashSet()),
            Pairs(connection, "SELECT account, count FROM follower_count")
                .ToImmutableDictionary(p => p.First, p => p.Second),
            Scalar(connection, "SELECT ifnull(max(number), 0) FROM checkpoint"))
        {
            Entries = Scalar(connection, "SELECT count(*) FROM journal"),
        };
    }

    private static IEnumerable<(long First, long Second)> Pairs(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return (reader.GetInt64(0), reader.GetInt64(1));
        }
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
