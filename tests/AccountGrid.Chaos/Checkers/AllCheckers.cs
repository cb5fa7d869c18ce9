using System.Collections.Immutable;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Running;

namespace AccountGrid.Chaos.Checkers;

/// <summary>What the checks need to know of the run.</summary>
/// <param name="ProtectedReach">Followers from which an account is protected, as the silo is configured.</param>
/// <param name="MaxHarms">Harms per person and hour, as the silo is configured.</param>
/// <param name="StoreFails">Whether the store of a living silo fails in this run: then a count may say that it is not
/// exact.</param>
internal sealed record CheckRules(long ProtectedReach, int MaxHarms, bool StoreFails = false)
{
    /// <summary>
    /// When silos of a cluster may have disagreed on who is there. An account may have had two activations then, of
    /// which the forgotten one answers reads from what it remembers; a read promises no more than its
    /// <see cref="Intent.MinVersion"/>. Never, on one silo.
    /// </summary>
    public ImmutableArray<Disturbance> Disturbances { get; init; } = [];

    /// <summary>Whether a part of that time is in a disturbance.</summary>
    public bool IsDisturbed(TimeSpan from, TimeSpan to) => Disturbances.Any(d => d.From <= to && from <= d.To);
}

/// <summary>From the first moment of a fault until everything was in order again, on the history's clock.</summary>
internal readonly record struct Disturbance(TimeSpan From, TimeSpan To);

/// <summary>Every requirement at once. Pure.</summary>
internal static class AllCheckers
{
    /// <param name="history">What the clients did and were told, up to the recovery.</param>
    /// <param name="recovered">What the silo and the disk say afterwards, with no client at work.</param>
    /// <param name="before">The recovery before; <c>null</c> for the first.</param>
    /// <param name="rules">The run.</param>
    public static ImmutableArray<Violation> Check(
        HistorySnapshot history, RecoveredState recovered, RecoveredState? before, CheckRules rules) =>
    [
        .. JournalChecker.Check(history, recovered),
        .. ObservationChecker.Check(history, recovered, rules),
        .. EdgeChecker.Check(history, recovered, rules),
        .. LawChecker.Check(recovered, rules),
        .. AuditChecker.Check(recovered, before),
    ];
}
