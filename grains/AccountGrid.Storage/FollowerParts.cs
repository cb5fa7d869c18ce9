using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage;

/// <summary>Gathers the rows of counts and edges that an audit reads.</summary>
public static class FollowerParts
{
    /// <summary>The parts of rows that come by account and follower, ascending.</summary>
    public static async IAsyncEnumerable<FollowerPart> Of(
        IAsyncEnumerable<FollowerRow> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var followers = ImmutableArray.CreateBuilder<long>(FollowerPart.MaxFollowers);
        FollowerRow? of = null;
        await foreach (var row in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (of is { } before && (before.Account != row.Account || followers.Count == FollowerPart.MaxFollowers))
            {
                yield return Part(before, followers);
                followers.Clear();
            }

            of = row;
            if (row.Follower is { } follower)
            {
                followers.Add(follower);
            }
        }

        if (of is { } last)
        {
            yield return Part(last, followers);
        }
    }

    private static FollowerPart Part(FollowerRow row, ImmutableArray<long>.Builder followers) =>
        new(new AccountId(row.Account), new FollowerCount(row.Count, row.Version, Microseconds.ToInstant(row.At)),
            followers.ToImmutable());
}
