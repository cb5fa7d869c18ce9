using System.Collections.Immutable;

namespace AccountGrid.Chaos.Linearizability;

/// <summary>An interval on the history's clock, both ends included.</summary>
internal readonly record struct Period(TimeSpan From, TimeSpan To);

/// <summary>
/// How old an answer about an account may be. Commands and follows are always judged as linearizable: the journal fences the first, the ledger's transaction is the second.
/// A read is answered from the memory of one silo, and while the cluster's membership is unsettled (a silo paused, cut off, or just declared dead) there may be two that
/// think that the account is theirs; what the older one serves was true when the trouble began, at the earliest. A read that names a minimal version never gets less, whatever happens.
/// </summary>
/// <param name="Unsettled">When that may have been so: from the first blow until every silo that missed it serves nothing old any more. May overlap.</param>
internal sealed record ReadConsistency(ImmutableArray<Period> Unsettled)
{
    /// <summary>Every read shows what is true at some instant between its call and its answer: one silo, or a cluster whose membership stands still.</summary>
    public static ReadConsistency Linearizable { get; } = new([]);

    /// <summary>A read may show anything that was ever true: only the minimal versions hold. For a run of which nothing is known.</summary>
    public static ReadConsistency Monotonic { get; } = new([new Period(TimeSpan.Zero, TimeSpan.MaxValue)]);

    /// <summary>Whether some of the time between two instants is unsettled.</summary>
    public bool IsUnsettled(TimeSpan from, TimeSpan to) => Unsettled.Any(p => p.From <= to && from <= p.To);

    /// <summary>The oldest instant that a read may show.</summary>
    public TimeSpan OldestOf(TimeSpan calledAt, TimeSpan answeredAt)
    {
        var oldest = calledAt;
        foreach (var period in Unsettled)
        {
            if (period.From <= answeredAt && calledAt <= period.To && period.From < oldest)
            {
                oldest = period.From;
            }
        }

        return oldest;
    }
}
