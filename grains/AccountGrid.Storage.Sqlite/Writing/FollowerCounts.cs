using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

/// <summary>The rows of follower counts.</summary>
internal static class FollowerCounts
{
    private const string Select = "SELECT count, version, at FROM follower_count WHERE account = ?";
    private const string Replace =
        "INSERT OR REPLACE INTO follower_count (account, count, version, at) VALUES (?, ?, ?, ?)";

    public static FollowerCount Read(Database database, AccountId account)
    {
        using var row = database.Use(Select).With(account.Value);
        return row.Step()
            ? new(row.Int64(0), row.Int64(1), StoredValues.Instant(row.Int64(2)))
            : new FollowerCount(0, 0, DateTimeOffset.UnixEpoch);
    }

    /// <summary>
    /// Writes a count that was read in the same transaction and changed since. There is one writer, so nothing changed
    /// it in between. A read and a write cost less than half of one statement that adds and returns, for which SQLite
    /// makes a temporary table.
    /// </summary>
    public static void Write(Database database, AccountId account, FollowerCount count) =>
        database.Use(Replace).With(account.Value).With(count.Count).With(count.Version)
            .With(Microseconds.Of(count.AsOf)).Run();
}
