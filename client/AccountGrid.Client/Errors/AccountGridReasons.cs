namespace AccountGrid.Client;

/// <summary>
/// The stable values of <see cref="AccountGridException.Reason"/>. A server that is newer than this library may have
/// more.
/// </summary>
public static class AccountGridReasons
{
    /// <summary>No token, or none that is good.</summary>
    public const string Unauthenticated = "UNAUTHENTICATED";

    /// <summary>The token or the register of operators lacks the role.</summary>
    public const string ForbiddenRole = "FORBIDDEN_ROLE";

    /// <summary>The person's authority has ended or was never granted.</summary>
    public const string AuthorityEnded = "AUTHORITY_ENDED";

    /// <summary>The person is in notice, and this takes more.</summary>
    public const string NoticePeriod = "NOTICE_PERIOD";

    /// <summary>It takes a second person, and the request asked not to wait for one.</summary>
    public const string NeedsSecondPerson = "NEEDS_SECOND_PERSON";

    /// <summary>The second person is the first.</summary>
    public const string SamePerson = "SAME_PERSON";

    /// <summary>The proposal's time is over.</summary>
    public const string ProposalExpired = "PROPOSAL_EXPIRED";

    /// <summary>Something moved under the proposal.</summary>
    public const string ProposalVoid = "PROPOSAL_VOID";

    /// <summary>Too many harmful actions of this person within the hour.</summary>
    public const string BudgetExceeded = "BUDGET_EXCEEDED";

    /// <summary>Too many followers affected by this person within the hour.</summary>
    public const string ReachExceeded = "REACH_EXCEEDED";

    /// <summary>A protected account would lose too many followers within the hour; nothing was changed.</summary>
    public const string FollowerLossLimit = "FOLLOWER_LOSS_LIMIT";

    /// <summary>The etag (or digest) is not the current one.</summary>
    public const string VersionMismatch = "VERSION_MISMATCH";

    /// <summary>The request id was used with another request.</summary>
    public const string RequestIdConflict = "REQUEST_ID_CONFLICT";

    /// <summary>No such account, operator or proposal.</summary>
    public const string NotFound = "NOT_FOUND";

    /// <summary>It exists, or something is pending already.</summary>
    public const string AlreadyExists = "ALREADY_EXISTS";

    /// <summary>The account's status does not allow it.</summary>
    public const string WrongStatus = "WRONG_STATUS";

    /// <summary>A field breaks its rule.</summary>
    public const string InvalidArgument = "INVALID_ARGUMENT";

    /// <summary>A message is over its limit.</summary>
    public const string TooLarge = "TOO_LARGE";

    /// <summary>The server is at a limit; nothing was done.</summary>
    public const string Overloaded = "OVERLOADED";

    /// <summary>The server's store did not answer; the outcome of a change is unknown.</summary>
    public const string StorageUnavailable = "STORAGE_UNAVAILABLE";

    /// <summary>The time was over; the outcome of a change is unknown.</summary>
    public const string DeadlineExceeded = "DEADLINE_EXCEEDED";

    /// <summary>The server failed; the outcome of a change is unknown.</summary>
    public const string Internal = "INTERNAL";

    /// <summary>The server does not know the call.</summary>
    public const string Unimplemented = "UNIMPLEMENTED";

    /// <summary>The call was cancelled on the way; the outcome of a change is unknown.</summary>
    public const string Cancelled = "CANCELLED";
}
