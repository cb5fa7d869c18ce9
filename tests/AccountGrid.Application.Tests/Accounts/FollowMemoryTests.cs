using System.Collections.Immutable;

namespace AccountGrid.Application.Tests;

/// <summary>
/// What parts that were counted at different versions come to at one. Two parts: followers up to 10, seen at version 5,
/// and the others, seen at version 7.
/// </summary>
public sealed class FollowMemoryTests
{
    private static readonly ImmutableArray<SweptPart> Parts = [new(10, 5), new(long.MaxValue, 7)];
    private readonly FollowMemory _memory = new(5);

    [Fact]
    public void A_change_counts_where_its_part_was_seen_before_it()
    {
        Note(6, (3, true, true), (20, true, true));
        Note(7, (4, true, true), (21, false, true), (4, false, true));
        Assert.Equal(1, _memory.Settle(Parts, 7));
    }

    [Fact]
    public void The_last_follower_of_a_part_is_of_it_and_what_changed_nothing_counts_nothing()
    {
        Note(6, (10, true, true), (11, true, true), (9, true, false));
        Note(7, (10, false, true), (10, true, true));
        Assert.Equal(1, _memory.Settle(Parts, 7));
    }

    [Fact]
    public void What_comes_after_the_version_asked_for_is_left_out()
    {
        Note(6, (1, true, true));
        Note(7, (2, true, true));
        Note(8, (3, true, true));
        Assert.Equal(2, _memory.Settle(Parts, 7));
    }

    [Fact]
    public void A_batch_that_changed_nothing_is_no_version()
    {
        Note(5, (1, true, false));
        Note(6, (1, true, true));
        Note(6, (1, true, false));
        Note(7, (2, true, true));
        Assert.Equal(2, _memory.Settle(Parts, 7));
    }

    [Fact]
    public void A_version_that_passed_unseen_leaves_nothing_known()
    {
        Note(6, (1, true, true));
        Note(8, (1, false, true));
        Assert.True(_memory.IsUseless);
        Assert.Null(_memory.Settle(Parts, 7));
    }

    [Fact]
    public void A_version_that_has_not_come_and_a_part_from_before_leave_nothing_known()
    {
        Note(6, (1, true, true));
        Assert.False(_memory.Has(7));
        Assert.Null(_memory.Settle(Parts, 7));
        Assert.Null(_memory.Settle([new(long.MaxValue, 4)], 6));
        Assert.Null(_memory.Settle([], 6));
        Assert.Equal(1, _memory.Settle([new(long.MaxValue, 5)], 6));
    }

    [Fact]
    public void More_than_it_may_keep_leaves_nothing_known()
    {
        var version = 5L;
        for (var batch = 0; batch <= FollowMemory.MostChanges / 1_000; batch++)
        {
            Note(++version, [.. Enumerable.Range(1, 1_000).Select(static f => ((long)f, true, true))]);
        }

        Assert.True(_memory.IsUseless);
    }

    private void Note(long version, params (long Follower, bool Follows, bool Changed)[] changes) => _memory.Note(
        [.. changes.Select(static c => new FollowChange(new(c.Follower), c.Follows))],
        new FollowResult(
            [.. changes.Select(static c => c.Changed)], new FollowerCount(0, version, DateTimeOffset.UnixEpoch)));
}
