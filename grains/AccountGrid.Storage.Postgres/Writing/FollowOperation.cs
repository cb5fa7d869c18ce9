using System.Collections.Immutable;
using System.Runtime.InteropServices;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Postgres;

/// <summary>A batch of follows and unfollows of one account, with its count.</summary>
internal sealed class FollowOperation : WriteOperation<FollowResult>, IKeyedWrite
{
    private readonly ImmutableArray<FollowChange> _changes;

    // The changes by follower; changes to one follower keep their order, and changes to different ones do not touch
    // each other.
    private readonly int[] _order;

    public FollowOperation(AccountId account, ImmutableArray<FollowChange> changes, DateTimeOffset at)
    {
        (Account, _changes, At) = (account, changes, at);
        Key = account.ToString();
        _order = new int[changes.Length];
        var keys = new (long Follower, int Index)[changes.Length];
        for (var i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
            keys[i] = (changes[i].Follower.Value, i);
        }

        Array.Sort(keys, _order);
    }

    public AccountId Account { get; }

    public DateTimeOffset At { get; }

    public string Key { get; }

    /// <summary>The edges, and the count.</summary>
    public override int Rows => _changes.Length + 1;

    public override string What => "Writing followers";

    /// <summary>
    /// Adds what has to be done to the edges, ascending by follower: of several changes to one follower only the last,
    /// since the database need not see what it undoes.
    /// </summary>
    /// <returns>
    /// Whether changes undo each other, so that some of them change something however the edge stands before.
    /// </returns>
    public bool AddEdges(List<(long Account, long Follower)> added, List<(long Account, long Follower)> removed)
    {
        var certain = false;
        for (var i = 0; i < _order.Length; i++)
        {
            var (follower, follows) = _changes[_order[i]];
            if (i + 1 < _order.Length && _changes[_order[i + 1]].Follower == follower)
            {
                certain |= _changes[_order[i + 1]].Follows != follows;
            }
            else
            {
                (follows ? added : removed).Add((Account.Value, follower.Value));
            }
        }

        return certain;
    }

    /// <summary>
    /// Works out each change's answer: <paramref name="moved"/> holds the edges that the database changed, <c>null</c>
    /// if it changed all that were sent. The first change of a follower met the edge as it was before, every other one
    /// what its predecessor left.
    /// </summary>
    public void Answer(HashSet<(long Account, long Follower)>? moved, FollowerCount after)
    {
        var changed = new bool[_changes.Length];
        for (int first = 0, next; first < _order.Length; first = next)
        {
            var follower = _changes[_order[first]].Follower;
            for (next = first + 1; next < _order.Length && _changes[_order[next]].Follower == follower; next++)
            {
            }

            var stands = _changes[_order[next - 1]].Follows
                ^ (moved is null || moved.Contains((Account.Value, follower.Value)));
            for (var i = first; i < next; i++)
            {
                var follows = _changes[_order[i]].Follows;
                (changed[_order[i]], stands) = (follows != stands, follows);
            }
        }

        Result = new FollowResult(ImmutableCollectionsMarshal.AsImmutableArray(changed), after);
    }
}
