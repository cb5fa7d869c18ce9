using System.Collections.Immutable;
using AccountGrid.Chaos.Clusters;

namespace AccountGrid.Chaos.Tests.Clusters;

/// <summary>What a run prints at its end, for a person and for FAILURES.md.</summary>
public sealed class StrikeTableTests
{
    private readonly StrikeTable _table = new();

    [Fact]
    public void Gaps_of_all_strikes_of_a_fault_are_taken_together()
    {
        _table.Struck("pause", Of([.. Enumerable.Range(1, 50).Select(static s => (double)s)]));
        _table.Struck("kill-one", Of([2.5]));
        _table.Struck("pause", Of([.. Enumerable.Range(51, 50).Select(static s => (double)s)]));
        Assert.Equal(
            [
                "| `pause` | 2 | 50.0 s | 99.0 s | 100.0 s | none | 0 | nothing |",
                "| `kill-one` | 1 | 2.5 s | 2.5 s | 2.5 s | none | 0 | nothing |",
            ],
            _table.ToString().Split('\n')[2..]);
    }

    [Fact]
    public void Failed_attempts_of_one_kind_are_summed_and_what_was_never_answered_is_counted()
    {
        _table.Struck("pause", Of([1], unknown: 2, ("Unavailable", 3), ("Cancelled", 1)));
        _table.Struck("pause", Of([1], unknown: 1, ("Unavailable", 4)));
        Assert.EndsWith("| 1 Cancelled, 7 Unavailable | 3 | nothing |", _table.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_found_stands_beside_the_fault_also_where_the_strike_did_not_end()
    {
        _table.Struck("pause", Of([1]));
        _table.Found("pause", ["acts-once", "acts-once", "audit-is-intact"]);
        _table.Found("kill-one", ["TimeoutException"]);
        _table.Found("hiccup", []);
        Assert.Equal(
            [
                "| `pause` | 1 | 1.0 s | 1.0 s | 1.0 s | none | 0 | 2 acts-once, 1 audit-is-intact |",
                "| `kill-one` | 0 | - | - | - | none | 0 | 1 TimeoutException |",
            ],
            _table.ToString().Split('\n')[2..]);
    }

    [Fact]
    public void It_is_empty_until_something_was_struck_or_found()
    {
        _table.Found("pause", []);
        Assert.True(_table.IsEmpty);
        _table.Found("the start", ["TimeoutException"]);
        Assert.False(_table.IsEmpty);
    }

    private static Availability Of(
        ImmutableArray<double> gaps, int unknown = 0, params ReadOnlySpan<(string Kind, int Count)> errors)
    {
        var counts = ImmutableSortedDictionary<string, int>.Empty;
        foreach (var (kind, count) in errors)
        {
            counts = counts.Add(kind, count);
        }

        return new Availability
        {
            MedianGap = TimeSpan.Zero,
            LongestGap = TimeSpan.Zero,
            LongestGapOf = 0,
            Gaps = [.. gaps.Select(static g => TimeSpan.FromSeconds(g))],
            PerSecond = 0,
            Retried = 0,
            Unknown = unknown,
            Answered = 0,
            Errors = counts,
        };
    }
}
