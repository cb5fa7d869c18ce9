namespace AccountGrid.Domain;

/// <summary>The harmful actions. Numbers are stored and hashed: never renumber.</summary>
public enum HarmKind
{
    /// <summary>Staff take the account down.</summary>
    Deactivate = 1,

    /// <summary>Staff suspend it, perhaps until an instant.</summary>
    Suspend = 2,

    /// <summary>Staff erase it for good.</summary>
    Erase = 3,

    /// <summary>Staff end its explicit protection, after the cool-off.</summary>
    Unprotect = 4,

    /// <summary>The owner takes it down, through a product service.</summary>
    OwnerDeactivate = 5,
}

/// <summary>One harmful action, exactly as asked for.</summary>
/// <param name="Kind">What.</param>
/// <param name="Reason">The reason code.</param>
/// <param name="Note">Free text for the journal, or empty.</param>
/// <param name="Ticket">A reference into a ticket system, or empty.</param>
/// <param name="Until">When a suspension ends by itself.</param>
/// <param name="At">When to do it, if later.</param>
public sealed record HarmAction(
    HarmKind Kind, string Reason, string Note, string Ticket, DateTimeOffset? Until = null, DateTimeOffset? At = null)
{
    /// <summary>The hold that this action places; <c>null</c> for erase and unprotect.</summary>
    public HoldKind? PlacesHold => Kind switch
    {
        HarmKind.Deactivate => HoldKind.StaffDeactivation,
        HarmKind.Suspend => HoldKind.Suspension,
        HarmKind.OwnerDeactivate => HoldKind.OwnerDeactivation,
        HarmKind.Erase or HarmKind.Unprotect => null,
        _ => throw new InvalidOperationException($"Unknown harm {Kind}."),
    };
}

/// <summary>What a harmful action would touch, as shown to the people who decide.</summary>
/// <param name="Followers">Followers at that instant; <c>null</c> when the ledger could not say, which counts as protected.</param>
/// <param name="Tier">The tier at that instant.</param>
public sealed record Impact(long? Followers, Tier Tier);

/// <summary>Where a proposal stands. Numbers are stored.</summary>
public enum ProposalState
{
    /// <summary>Waits for its second person.</summary>
    Open = 1,

    /// <summary>Waits for its time; everything is checked again when it fires.</summary>
    Scheduled = 2,

    /// <summary>Done.</summary>
    Executed = 3,

    /// <summary>Rejected by somebody.</summary>
    Rejected = 4,

    /// <summary>Withdrawn by its proposer.</summary>
    Withdrawn = 5,

    /// <summary>Nobody approved in time.</summary>
    Expired = 6,

    /// <summary>The account, the impact or the proposer's authority moved under it.</summary>
    Void = 7,

    /// <summary>It fired and was refused.</summary>
    Refused = 8,
}

/// <summary>A harmful action that waits for its second person or for its time.</summary>
/// <param name="Sequence">The journal sequence that opened it; with the account, its id.</param>
/// <param name="State"><see cref="ProposalState.Open"/> or <see cref="ProposalState.Scheduled"/>.</param>
/// <param name="Action">Exactly what would be done.</param>
/// <param name="Digest">SHA-256 over account, proposer and action, in lower-case hex; an approver may send it back.</param>
/// <param name="Shown">The impact that the proposer saw.</param>
/// <param name="ProposedBy">The first person (or the service that speaks for the owner).</param>
/// <param name="ProposedAt">When.</param>
/// <param name="ApprovedBy">The second person, once approved.</param>
/// <param name="StateVersion">The account's state version that it is bound to.</param>
/// <param name="DueAt">When it expires (<see cref="ProposalState.Open"/>) or fires (<see cref="ProposalState.Scheduled"/>).</param>
public sealed record Proposal(
    long Sequence, ProposalState State, HarmAction Action, string Digest, Impact Shown, Actor ProposedBy, DateTimeOffset ProposedAt,
    OperatorId? ApprovedBy, long StateVersion, DateTimeOffset DueAt);

/// <summary>What became of a proposal that is no longer pending.</summary>
/// <param name="Sequence">Its opening sequence.</param>
/// <param name="State">How it ended.</param>
public sealed record ClosedProposal(long Sequence, ProposalState State);
