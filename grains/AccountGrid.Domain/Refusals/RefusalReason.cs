namespace AccountGrid.Domain;

/// <summary>
/// Why a request was refused. The names in upper snake case are the wire's stable <c>ErrorInfo.reason</c>; the
/// numbers are stored in journals. Neither ever changes.
/// </summary>
public enum RefusalReason
{
    /// <summary>No refusal.</summary>
    None = 0,

    /// <summary>No valid token.</summary>
    Unauthenticated = 1,

    /// <summary>The token or the register lacks the role.</summary>
    ForbiddenRole = 2,

    /// <summary>The person's authority has ended, or the person is unknown.</summary>
    AuthorityEnded = 3,

    /// <summary>The person is in the notice window and may not approve.</summary>
    NoticePeriod = 4,

    /// <summary>It takes a second person.</summary>
    NeedsSecondPerson = 5,

    /// <summary>The second person is the first.</summary>
    SamePerson = 6,

    /// <summary>The proposal's time is over.</summary>
    ProposalExpired = 7,

    /// <summary>The account, the impact or the proposer's authority moved under the proposal.</summary>
    ProposalVoid = 8,

    /// <summary>Too many harmful actions within the hour.</summary>
    BudgetExceeded = 9,

    /// <summary>Too many followers affected within the hour.</summary>
    ReachExceeded = 10,

    /// <summary>The <c>etag</c> (or the proposal digest) is not the current one.</summary>
    VersionMismatch = 11,

    /// <summary>The request id was used with another body.</summary>
    RequestIdConflict = 12,

    /// <summary>There is no such thing.</summary>
    NotFound = 13,

    /// <summary>There is one already.</summary>
    AlreadyExists = 14,

    /// <summary>The account's status does not allow it.</summary>
    WrongStatus = 15,

    /// <summary>A field breaks its rule.</summary>
    InvalidArgument = 16,

    /// <summary>A body, batch or message is over its limit.</summary>
    TooLarge = 17,

    /// <summary>A queue is full; try again after the delay.</summary>
    Overloaded = 18,

    /// <summary>
    /// The store did not answer; for a command the outcome is unknown: retry with the same request id.
    /// </summary>
    StorageUnavailable = 19,

    /// <summary>A protected account would lose too many followers within the window.</summary>
    FollowerLossLimit = 20,
}
