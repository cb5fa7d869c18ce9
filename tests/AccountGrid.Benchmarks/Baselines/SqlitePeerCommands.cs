using System.Diagnostics;
using AccountGrid.V1;
using Grpc.Core;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>A transaction of prepared statements. Used by one caller at a time.</summary>
internal abstract class SqliteCommands(SqlitePeer database)
{
    private readonly SqliteCommand _begin = database.Command("BEGIN IMMEDIATE");
    private readonly SqliteCommand _commit = database.Command("COMMIT");
    private readonly SqliteCommand _rollback = database.Command("ROLLBACK");

    /// <summary>Commits what it does, or nothing.</summary>
    protected T InTransaction<T>(Func<T> work)
    {
        _begin.ExecuteNonQuery();
        try
        {
            var result = work();
            _commit.ExecuteNonQuery();
            return result;
        }
        catch
        {
            _rollback.ExecuteNonQuery();
            throw;
        }
    }

    /// <summary>Sets all parameters in order.</summary>
    protected static void Set(SqliteCommand command, params object?[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }
}

/// <summary>The peer's statements for accounts.</summary>
internal sealed class SqliteAccountCommands(SqlitePeer database) : SqliteCommands(database)
{
    private readonly SqlitePeer _database = database;
    private readonly SqliteCommand _operator =
        database.Prepare("SELECT roles, authority_ends_at FROM operators WHERE id = @id", "@id");
    private readonly SqliteCommand _get = database.Prepare(
        "SELECT handle, status, version, held_by, held_at, reason, followers, followers_version, followers_at FROM accounts WHERE id = @id", "@id");

    private readonly SqliteCommand _update = database.Prepare(
        """
        UPDATE accounts SET status = @to, version = version + 1, held_by = @by, held_at = @at, reason = @reason WHERE id = @id AND status = @from
        RETURNING handle, status, version, held_by, held_at, reason, followers, followers_version, followers_at
        """,
        "@to", "@by", "@at", "@reason", "@id", "@from");

    private readonly SqliteCommand _audit = database.Prepare(
        "INSERT INTO audit (account, at, actor, action, reason, note, ticket, trace) VALUES (@account, @at, @actor, @action, @reason, @note, @ticket, @trace)",
        "@account", "@at", "@actor", "@action", "@reason", "@note", "@ticket", "@trace");

    /// <summary>Reads one.</summary>
    public Account? Get(long id)
    {
        Set(_get, id);
        using var row = _get.ExecuteReader();
        return row.Read() ? Read(id, row).ToAccount() : null;
    }

    /// <summary>Runs one transaction.</summary>
    public Account Run(PeerChange change, DateTimeOffset now) => InTransaction(() =>
    {
        CheckOperator(change);
        var account = Update(change, now);
        Set(_audit, change.Account, now.ToUnixTimeMilliseconds(), change.Subject, change.Down ? 1L : 2L, change.Reason,
            change.Note, change.Ticket, Activity.Current?.TraceId.ToHexString() ?? "");
        _audit.ExecuteNonQuery();
        return account;
    });

    // Enrolled on first use, as with a development key; after that it is a look-up by primary key.
    private void CheckOperator(PeerChange change)
    {
        if (change.ByOwner)
        {
            return;
        }

        Set(_operator, change.Subject);
        if (_operator.ExecuteScalar() is null)
        {
            using var enroll = _database.Prepare("INSERT INTO operators VALUES (@id, 1, NULL)", "@id");
            Set(enroll, change.Subject);
            enroll.ExecuteNonQuery();
        }
    }

    private Account Update(PeerChange change, DateTimeOffset now)
    {
        object?[] values = change.Down
            ? [2L, change.Subject, now.ToUnixTimeMilliseconds(), change.Reason, change.Account, 1L]
            : [1L, DBNull.Value, DBNull.Value, DBNull.Value, change.Account, 2L];
        Set(_update, values);
        using var row = _update.ExecuteReader();
        return row.Read()
            ? Read(change.Account, row).ToAccount(change.ByOwner)
            : throw new RpcException(new Status(StatusCode.FailedPrecondition, "WRONG_STATUS"));
    }

    private static PeerRow Read(long id, SqliteDataReader row) => new(
        id, row.GetString(0), row.GetInt64(1) != 1, row.GetInt64(2), row.IsDBNull(3)
            ? null
            : row.GetString(3), row.IsDBNull(4) ? null : row.GetInt64(4),
        row.IsDBNull(5) ? null : row.GetString(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8));
}

/// <summary>The peer's statements for follows.</summary>
internal sealed class SqliteFollowCommands(SqlitePeer database) : SqliteCommands(database)
{
    private readonly SqliteCommand _insert =
        database.Prepare("INSERT OR IGNORE INTO edges VALUES (@account, @follower)", "@account", "@follower");
    private readonly SqliteCommand _delete =
        database.Prepare(
            "DELETE FROM edges WHERE account = @account AND follower = @follower", "@account", "@follower");

    // Without RETURNING, which costs SQLite more than the update itself; who needs the count reads it.
    private readonly SqliteCommand _add = database.Prepare(
        "UPDATE accounts SET followers = followers + @change, followers_version = followers_version + 1, followers_at = @at WHERE id = @account",
        "@change", "@at", "@account");

    /// <summary>Applies them in one transaction.</summary>
    /// <returns>How many changed an edge.</returns>
    public int Run(Follow[] follows, DateTimeOffset now)
    {
        Array.Sort(follows, FollowOrder.ByKey);
        return InTransaction(() =>
        {
            var changed = 0;
            for (var i = 0; i < follows.Length;)
            {
                changed += RunAccount(follows, now, ref i);
            }

            return changed;
        });
    }

    private int RunAccount(Follow[] follows, DateTimeOffset now, ref int i)
    {
        var account = follows[i].Account;
        int changed = 0, change = 0;
        for (; i < follows.Length && follows[i].Account == account; i++)
        {
            var isFollow = follows[i].Op == Follow.Types.Op.Follow;
            var command = isFollow ? _insert : _delete;
            Set(command, account, follows[i].Follower);
            var rows = command.ExecuteNonQuery();
            changed += rows;
            change += isFollow ? rows : -rows;
        }

        Set(_add, change, now.ToUnixTimeMilliseconds(), account);
        return _add.ExecuteNonQuery() == 1
            ? changed
            : throw new RpcException(new Status(StatusCode.NotFound, "NOT_FOUND"));
    }
}

/// <summary>The order in which every peer writes edges.</summary>
internal static class FollowOrder
{
    /// <summary>
    /// By account, then follower. A stable sort would be needed if one batch could hold a follow and its unfollow; the
    /// streams here do not.
    /// </summary>
    public static readonly Comparison<Follow> ByKey = static (x, y) =>
        x.Account != y.Account ? x.Account.CompareTo(y.Account) : x.Follower.CompareTo(y.Follower);
}
