using System.Collections.Immutable;
using System.Runtime.InteropServices;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

/// <summary>A batch of follows and unfollows of one account, with its count.</summary>
internal sealed class FollowOperation(AccountId account, ImmutableArray<FollowChange> changes, DateTimeOffset at) : WriteOperation<FollowResult>
{
    private const string Add = "INSERT OR IGNORE INTO follower (account, follower) VALUES (?, ?)";
    private const string Remove = "DELETE FROM follower WHERE account = ? AND follower = ?";

    private const string Count =
        """
        INSERT INTO follower_count (account, count, version, at) VALUES (?, ?, 1, ?)
        ON CONFLICT (account) DO UPDATE SET count = count + excluded.count, version = version + 1, at = excluded.at
        RETURNING count, version, at
        """;

    public override int Rows => changes.Length;

    public override string What => "Writing followers";

    public override bool IsFollow => true;

    public override void Execute(WriteSession session)
    {
        var database = session.Database;
        var changed = new bool[changes.Length];
        var added = 0L;
        var any = false;
        foreach (var i in KeyOrder())
        {
            var (follower, follows) = changes[i];
            changed[i] = database.Use(follows ? Add : Remove).With(account.Value).With(follower.Value).Run() != 0;
            any |= changed[i];
            added += changed[i] ? (follows ? 1 : -1) : 0;
        }

        Result = new FollowResult(ImmutableCollectionsMarshal.AsImmutableArray(changed), any ? AddToCount(database, added) : FollowerCounts.Read(database, account));
    }

    private FollowerCount AddToCount(Database database, long added)
    {
        using var row = database.Use(Count).With(account.Value).With(added).With(Microseconds.Of(at));
        row.Step();
        var count = FollowerCounts.Of(row);
        // Steps to the end: only then is the statement done and may the transaction commit.
        row.Step();
        return count;
    }

    /// <summary>
    /// The changes by follower, which visits each page of the table once; changes to the same follower keep their order, and
    /// changes to different ones do not touch each other.
    /// </summary>
    private int[] KeyOrder()
    {
        var order = new int[changes.Length];
        var keys = new (long Follower, int Index)[changes.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
            keys[i] = (changes[i].Follower.Value, i);
        }

        Array.Sort(keys, order);
        return order;
    }
}

/// <summary>Rows of counts.</summary>
internal static class FollowerCounts
{
    private const string Select = "SELECT count, version, at FROM follower_count WHERE account = ?";

    public static FollowerCount Read(Database database, AccountId account)
    {
        using var row = database.Use(Select).With(account.Value);
        return row.Step() ? Of(row) : new FollowerCount(0, 0, DateTimeOffset.UnixEpoch);
    }

    public static FollowerCount Of(Statement row) => new(row.Int64(0), row.Int64(1), Instants.Read(row, 2));
}
