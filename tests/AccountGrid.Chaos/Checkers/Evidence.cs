using System.Collections.Immutable;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Linearizability;
using AccountGrid.Chaos.Running;

namespace AccountGrid.Chaos.Checkers;

/// <summary>
/// Everything that a check of a cluster judges: what clients and caches were told, and what was read while they held
/// still. Can be kept and judged again (<see cref="EvidenceFile"/>). Immutable.
/// </summary>
/// <param name="History">What the clients did and were told, up to the check.</param>
/// <param name="Recovered">What was served, and what was in the database, at the check.</param>
/// <param name="Before">The same at the check before; <c>null</c> for the first.</param>
/// <param name="Rules">How the cluster was configured, and when it was struck.</param>
internal sealed record Evidence(
    HistorySnapshot History, RecoveredState Recovered, RecoveredState? Before, CheckRules Rules)
{
    /// <summary>
    /// What each gateway says about the accounts, read one after the other behind <see cref="Recovered"/>.
    /// </summary>
    public ImmutableArray<GatewayView> Views { get; init; } = [];

    /// <summary>What status caches answered since the check before.</summary>
    public ImmutableArray<CacheLook> Looks { get; init; } = [];

    /// <summary>The bound of these caches.</summary>
    public TimeSpan CacheBound { get; init; }

    /// <summary>Every requirement at once. Pure.</summary>
    public (ImmutableArray<Violation> Violations, LinearizabilityReport Order) Judge()
    {
        var reads = new ReadConsistency([.. Rules.Disturbances.Select(static d => new Period(d.From, d.To))]);
        var order = LinearizabilityChecker.Check(History, reads, Recovered);
        return (
            [
                .. AllCheckers.Check(History, Recovered, Before, Rules),
                .. order.Violations,
                .. CacheChecker.Check(History, Recovered, Looks, CacheBound),
                .. Views.SelectMany(v => AgreementChecker.Check(v.Gateway, Recovered, v.Accounts)),
            ],
            order);
    }
}

/// <summary>What one gateway says.</summary>
/// <param name="Gateway">Its name.</param>
/// <param name="Accounts">By id.</param>
internal sealed record GatewayView(string Gateway, ImmutableDictionary<long, Seen> Accounts);
