namespace AccountGrid.Domain;

/// <summary>What a journal entry of an operator says. A closed hierarchy.</summary>
public abstract record OperatorEvent
{
    private OperatorEvent()
    {
    }

    /// <summary>Roles, name, directory identity and end of authority are these from now on.</summary>
    /// <param name="Roles">The roles.</param>
    /// <param name="DisplayName">The name to show, or empty.</param>
    /// <param name="AuthorityEndsAt">When all authority ends; <c>null</c> = open.</param>
    /// <param name="PersonId">The directory's id of the human being, or empty.</param>
    /// <param name="Note">Free text, or empty.</param>
    /// <param name="Consent">The two admins, where it took two.</param>
    /// <param name="Founders">
    /// The digest of the list of founders, where the settings enrolled the person; or empty.
    /// </param>
    public sealed record Enrolled(
        Roles Roles, string DisplayName, DateTimeOffset? AuthorityEndsAt, string PersonId = "", string Note = "",
        Consent? Consent = null, string Founders = "") : OperatorEvent;

    /// <summary>Authority ends then.</summary>
    /// <param name="AuthorityEndsAt">The instant from which the person has no authority.</param>
    /// <param name="Note">Free text, or empty.</param>
    /// <param name="Consent">The two admins, where it took two.</param>
    public sealed record Offboarded(DateTimeOffset AuthorityEndsAt, string Note, Consent? Consent = null)
        : OperatorEvent;

    /// <summary>Whatever the person had pending is void.</summary>
    public sealed record Frozen : OperatorEvent;

    /// <summary>A change of power waits for its second admin.</summary>
    public sealed record PowerProposed(PowerChange Change, string Digest, DateTimeOffset ExpiresAt) : OperatorEvent;

    /// <summary>A proposal got its second admin (the entry's actor) and waits for the end of its cool-off.</summary>
    public sealed record PowerApproved(long Sequence, string Note, DateTimeOffset EffectiveAt) : OperatorEvent;

    /// <summary>A proposal ended without effect.</summary>
    /// <param name="Sequence">The sequence that opened the proposal.</param>
    /// <param name="State">How it ended.</param>
    /// <param name="Reason">The refusal, where it is void or was refused for a known reason.</param>
    /// <param name="Note">Free text, or why it is void.</param>
    public sealed record PowerProposalClosed(
        long Sequence, ProposalState State, RefusalReason Reason, string Note) : OperatorEvent;

    /// <summary>The person's acts since an instant were undone on so many accounts.</summary>
    public sealed record ActsUndone(DateTimeOffset Since, int Accounts, string Note) : OperatorEvent;

    /// <summary>This person undid a service's acts since an instant on so many accounts.</summary>
    public sealed record ServiceActsUndone(OperatorId Service, DateTimeOffset Since, int Accounts, string Note)
        : OperatorEvent;

    /// <summary>An attempt to change this record was refused.</summary>
    public sealed record AttemptRefused(string Attempt, RefusalReason Reason, string Message) : OperatorEvent;
}
