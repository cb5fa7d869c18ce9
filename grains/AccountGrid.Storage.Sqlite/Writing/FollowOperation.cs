using System.Collections.Immutable;
using System.Runtime.InteropServices;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

/// <summary>A batch of follows and unfollows of one account, with its count.</summary>
internal sealed class FollowOperation(AccountId account, ImmutableArray<FollowChange> changes, DateTimeOffset at)
    : DatabaseWrite<FollowResult>
{
    /// <summary>Adds an edge, unless it is there.</summary>
    public const string Add = "INSERT OR IGNORE INTO follower (account, follower) VALUES (?, ?)";
    private const string Remove = "DELETE FROM follower WHERE account = ? AND follower = ?";

    /// <summary>The edges, and the count.</summary>
    public override int Rows => changes.Length + 1;

    public override string What => "Writing followers";

    public override bool IsFollow => true;

    public override void Execute(WriteSession session)
    {
        var database = session.Database;
        var changed = new bool[changes.Length];
        var order = KeyOrder();
        var added = 0L;
        var any = false;
        for (var place = 0; place < changed.Length; place++)
        {
            var i = order is null ? place : order[place];
            var (follower, follows) = changes[i];
            changed[i] = database.Use(follows ? Add : Remove).With(account.Value).With(follower.Value).Run() != 0;
            any |= changed[i];
            added += changed[i] ? (follows ? 1 : -1) : 0;
        }

        var count = FollowerCounts.Read(database, account);
        if (any)
        {
            count = new FollowerCount(count.Count + added, count.Version + 1, Microseconds.Truncate(at));
            FollowerCounts.Write(database, account, count);
        }

        Result = new FollowResult(ImmutableCollectionsMarshal.AsImmutableArray(changed), count);
    }

    /// <summary>
    /// The changes by follower, which visits each page of the table once; changes to the same follower keep their
    /// order, and changes to different ones do not touch each other. <c>null</c> where they stand in that order
    /// already.
    /// </summary>
    private int[]? KeyOrder()
    {
        if (IsOrdered())
        {
            return null;
        }

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

    private bool IsOrdered()
    {
        for (var i = 1; i < changes.Length; i++)
        {
            if (changes[i].Follower.Value < changes[i - 1].Follower.Value)
            {
                return false;
            }
        }

        return true;
    }
}
