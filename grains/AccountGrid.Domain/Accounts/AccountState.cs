using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// Everything that the journal says about one account; immutable. Only <see cref="AccountEvolver"/> makes a new one.
/// Followers are not in it: they live in the follower ledger, which taking an account down never touches.
/// </summary>
public sealed record AccountState
{
    /// <summary>An account before its first event. Unknown accounts look like this.</summary>
    public static AccountState Unregistered(AccountId id) => new() { Id = id };

    /// <summary>The account.</summary>
    public required AccountId Id { get; init; }

    /// <summary>The name that the network shows.</summary>
    public string Handle { get; init; } = "";

    /// <summary>
    /// The journal's length: the sequence of the last event, refused attempts included. 0 = not registered.
    /// </summary>
    public long Version { get; init; }

    /// <summary>
    /// The sequence of the last event that changed holds, protection or the allowance to lose followers. The wire's
    /// <c>etag</c>, and what a proposal is bound to: a refused attempt moves <see cref="Version"/> only, so that a
    /// refused attempt does not void a proposal.
    /// </summary>
    public long StateVersion { get; init; }

    /// <summary>When it was registered.</summary>
    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>When it was erased.</summary>
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>The holds that keep it down, at most one of each kind.</summary>
    public ImmutableArray<Hold> Holds { get; init; } = [];

    /// <summary>Its explicit protection.</summary>
    public Designation? Designation { get; init; }

    /// <summary>Its protection by reach, which outlives a fall of the followers.</summary>
    public ReachProtection? Reach { get; init; }

    /// <summary>What is known about the followers that it has lost; <c>null</c> where nothing is.</summary>
    public FollowerLosses? Losses { get; init; }

    /// <summary>The one harmful action that waits for its second person or its time.</summary>
    public Proposal? Proposal { get; init; }

    /// <summary>The last closed proposals, oldest first, at most <see cref="Limits.RememberedProposals"/>.</summary>
    public ImmutableArray<ClosedProposal> ClosedProposals { get; init; } = [];

    /// <summary>
    /// The last request ids, oldest first, at most <see cref="Limits.RememberedRequestsOfAll"/>. An id is remembered
    /// for <see cref="Limits.RequestsRememberedFor"/> at least, unless its own caller has sent
    /// <see cref="Limits.RememberedRequestsOfACaller"/> later ones, or so many callers did that there is no room.
    /// </summary>
    public ImmutableArray<RememberedRequest> Requests { get; init; } = [];

    /// <summary>
    /// The callers with entries of refused attempts within <see cref="Limits.RefusalWindow"/>, at most
    /// <see cref="Limits.RefusedCallers"/>.
    /// </summary>
    public ImmutableArray<RefusedCaller> RefusedCallers { get; init; } = [];

    /// <summary>Whether the account exists.</summary>
    public bool IsRegistered => Version > 0;

    /// <summary>Derived: <c>Erased &gt; Suspended &gt; Deactivated &gt; Active</c>.</summary>
    public AccountStatus Status =>
        ErasedAt is not null ? AccountStatus.Erased
        : HoldOf(HoldKind.Suspension) is not null ? AccountStatus.Suspended
        : !Holds.IsEmpty ? AccountStatus.Deactivated
        : AccountStatus.Active;

    /// <summary>The next instant at which this account has work that no request triggers.</summary>
    public DateTimeOffset? DueAt
    {
        get
        {
            var due = Proposal?.DueAt;
            foreach (var hold in Holds)
            {
                due = hold.Until is { } until && (due is null || until < due) ? until : due;
            }

            return ErasedAt is null && Reach?.EndsAt is { } end && (due is null || end < due) ? end : due;
        }
    }

    /// <summary>The hold of a kind.</summary>
    public Hold? HoldOf(HoldKind kind)
    {
        foreach (var hold in Holds)
        {
            if (hold.Kind == kind)
            {
                return hold;
            }
        }

        return null;
    }

    /// <summary>
    /// The tier at this instant: the higher one of what the journal says and what the count says. An unknown follower
    /// count counts as protected: an account must not lose its second person because a ledger could not be read.
    /// </summary>
    public Tier TierWith(long? followers, AccountPolicy policy) =>
        Designation is not null || Reach is not null || followers is null || followers >= policy.ProtectedReach
            ? Tier.Protected
            : Tier.Standard;
}
