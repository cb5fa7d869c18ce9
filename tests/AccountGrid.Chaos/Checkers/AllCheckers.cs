using System.Collections.Immutable;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Running;

namespace AccountGrid.Chaos.Checkers;

/// <summary>Every requirement at once. Pure.</summary>
internal static class AllCheckers
{
    /// <param name="history">What the clients did and were told, up to the recovery.</param>
    /// <param name="recovered">What the silo and the disk say afterwards, with no client at work.</param>
    /// <param name="before">The recovery before; <c>null</c> for the first.</param>
    /// <param name="protectedReach">As the silo is configured.</param>
    /// <param name="maxHarms">As the silo is configured.</param>
    public static ImmutableArray<Violation> Check(
        HistorySnapshot history, RecoveredState recovered, RecoveredState? before, long protectedReach, int maxHarms) =>
    [
        .. JournalChecker.Check(history, recovered),
        .. ObservationChecker.Check(history, recovered),
        .. EdgeChecker.Check(history, recovered),
        .. LawChecker.Check(recovered, protectedReach, maxHarms),
        .. AuditChecker.Check(recovered, before),
    ];
}
