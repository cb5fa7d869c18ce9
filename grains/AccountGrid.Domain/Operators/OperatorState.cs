using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// Everything that the journal says about one operator; immutable. What the person spent of the budget is derived from
/// the accounts' journals.
/// </summary>
public sealed record OperatorState
{
    /// <summary>The state before the first entry: an unknown person, without authority.</summary>
    public static OperatorState Unknown(OperatorId id) => new() { Id = id };

    /// <summary>The operator.</summary>
    public required OperatorId Id { get; init; }

    /// <summary>The name to show, or empty.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>The granted roles, staff roles only.</summary>
    public Roles Roles { get; init; }

    /// <summary>The instant at which all authority ends; <c>null</c> = open.</summary>
    public DateTimeOffset? AuthorityEndsAt { get; init; }

    /// <summary>The journal's length; 0 = unknown.</summary>
    public long Version { get; init; }

    /// <summary>Whether an offboarding still has to void what this person left pending.</summary>
    public bool FreezePending { get; init; }

    /// <summary>When the person was first enrolled.</summary>
    public DateTimeOffset EnrolledAt { get; init; }

    /// <summary>When what the person had pending was last voided; before any time if never.</summary>
    public DateTimeOffset FrozenAt { get; init; }

    /// <summary>
    /// The sequence of the last event that changed power; 0 = never enrolled. The wire's <c>etag</c>, and what a
    /// proposal is bound to.
    /// </summary>
    public long PowerVersion { get; init; }

    /// <summary>The directory's id of the human being, or empty: it joins the subjects of one person.</summary>
    public string PersonId { get; init; } = "";

    /// <summary>Since when each of <see cref="Roles"/> has been held without a break.</summary>
    public RoleTimes Since { get; init; }

    /// <summary>Whether an admin or the list of founders wrote this record: first use never changes it then.</summary>
    public bool IsManaged { get; init; }

    /// <summary>The digest of the list of founders that enrolled this person, or empty.</summary>
    public string Founders { get; init; } = "";

    /// <summary>The admin who alone lowered this person's power last.</summary>
    public OperatorId? LoweredBy { get; init; }

    /// <summary>When <see cref="LoweredBy"/> did so.</summary>
    public DateTimeOffset LoweredAt { get; init; }

    /// <summary>The one change of power that waits for its second admin or its cool-off.</summary>
    public PowerProposal? Proposal { get; init; }

    /// <summary>The last closed proposals, oldest first, at most <see cref="Limits.RememberedProposals"/>.</summary>
    public ImmutableArray<ClosedProposal> ClosedProposals { get; init; } = [];

    /// <summary>The last request ids, oldest first; bounded by <see cref="RequestMemory"/>.</summary>
    public ImmutableArray<RememberedRequest> Requests { get; init; } = [];

    /// <summary>The callers with entries of refused attempts within the window.</summary>
    public ImmutableArray<RefusedCaller> RefusedCallers { get; init; } = [];

    /// <summary>
    /// Whether the system has or will have work on this record: something pending to void now or at the end of
    /// authority, or a proposal.
    /// </summary>
    public bool HasDueWork => FreezePending || Proposal is not null || FrozenAt < AuthorityEndsAt;

    /// <summary>Whether what the person has pending is to be voided now.</summary>
    public bool MustFreezeAt(DateTimeOffset now) =>
        FreezePending || (AuthorityEndsAt is { } end && now >= end && FrozenAt < end);

    /// <summary>Law 2: the standing at an instant. It ends at a known instant, whatever any token says.</summary>
    public Standing StandingAt(DateTimeOffset now, OperatorPolicy policy) =>
        PowerVersion == 0 || now >= AuthorityEndsAt ? Standing.Ended
        : AuthorityEndsAt is { } end && now >= end - policy.NoticeWindow ? Standing.Notice
        : Standing.Active;
}
