using System.Globalization;

namespace AccountGrid.Domain;

/// <summary>
/// A refused request, as a value: the stable reason, a sentence for a person, and where it applies the
/// field with its broken rule or the delay after which a retry makes sense.
/// </summary>
/// <param name="Reason">The stable reason.</param>
/// <param name="Message">One sentence for a person; holds no note text and no secret.</param>
/// <param name="Field">The request field, in lower camel case, for <see cref="RefusalReason.InvalidArgument"/>.</param>
/// <param name="RetryAfter">How long to wait before trying again, where waiting helps.</param>
public sealed record Refusal(RefusalReason Reason, string Message, string? Field = null, TimeSpan? RetryAfter = null)
{
    /// <summary>
    /// Whether the attempt is recorded in the account's journal: attempts at power are, slips of form
    /// (a stale etag, a malformed field) and overload are not, so that noise cannot fill a journal.
    /// </summary>
    public bool IsRecorded =>
        Reason is RefusalReason.ForbiddenRole or RefusalReason.AuthorityEnded or RefusalReason.NoticePeriod
        or RefusalReason.NeedsSecondPerson or RefusalReason.SamePerson or RefusalReason.ProposalExpired
            or RefusalReason.ProposalVoid
        or RefusalReason.BudgetExceeded or RefusalReason.ReachExceeded;

    /// <summary>
    /// Whether it depends on the account's state, so that the same request could succeed later. With a request id the
    /// attempt is recorded then, too: a late repetition is answered the same, and does nothing.
    /// </summary>
    public bool IsRemembered =>
        Reason is RefusalReason.VersionMismatch or RefusalReason.NotFound or RefusalReason.AlreadyExists
            or RefusalReason.WrongStatus;

    /// <summary>Whether the caller lacks the role, or any authority.</summary>
    internal bool IsForWantOfPower => Reason is RefusalReason.ForbiddenRole or RefusalReason.AuthorityEnded;

    /// <summary>A field breaks its rule.</summary>
    public static Refusal Invalid(string field, string rule) =>
        new(RefusalReason.InvalidArgument, $"{field} {rule}", field);

    /// <summary>The caller lacks every role that would do.</summary>
    public static Refusal ForbiddenRole(Roles needed) =>
        new(RefusalReason.ForbiddenRole, $"This needs the role {RoleNames.OneOf(needed)}.");

    /// <summary>Only AccountGrid itself does this, so that its acts are never recorded under a person's name.</summary>
    public static Refusal SystemOnly { get; } = new(RefusalReason.ForbiddenRole, "Only the system itself does this.");

    /// <summary>
    /// A token that has a staff role beside a service's role asked for the owner's variant of a command.
    /// </summary>
    public static Refusal ServiceOnly { get; } = new(
        RefusalReason.ForbiddenRole,
        "Only a service acts on the owner's behalf: a token that has a staff role speaks for a person. Use a token with roles of services alone.");

    /// <summary>A service has the subject of a person in the register.</summary>
    public static Refusal SubjectOfAPerson(OperatorId person) => new(
        RefusalReason.ForbiddenRole,
        $"{person} is enrolled as an operator; a service that acts on the owner's behalf needs a subject of its own.");

    /// <summary>The person has no authority any more, or never had.</summary>
    public static Refusal AuthorityEnded(OperatorId person) =>
        new(RefusalReason.AuthorityEnded, $"{person} has no authority: it has ended or was never granted.");

    /// <summary>A person in the notice window may not approve.</summary>
    public static Refusal NoticePeriod(OperatorId person) =>
        new(RefusalReason.NoticePeriod, $"{person} is in the notice period and may not approve.");

    /// <summary>An admin in the notice window neither proposes nor approves a rise of power.</summary>
    public static Refusal NoticePeriodOfAdmin(OperatorId admin) => new(
        RefusalReason.NoticePeriod, $"{admin} is in the notice period and may neither raise power nor approve it.");

    /// <summary>An admin in the notice window neither proposes a change of the policy nor approves one.</summary>
    public static Refusal NoticePeriodForPolicy(OperatorId admin) => new(
        RefusalReason.NoticePeriod,
        $"{admin} is in the notice period and may neither propose a change of the policy nor approve one.");

    /// <summary>The person concerned has no say in a change of the own power, except to lower it.</summary>
    public static Refusal OwnPower { get; } = new(
        RefusalReason.SamePerson, "The person concerned neither proposes a rise of power nor approves a change of it.");

    /// <summary>One admin has too many changes of power waiting.</summary>
    public static Refusal TooManyPowerProposals { get; } = new(
        RefusalReason.BudgetExceeded,
        string.Create(
            CultureInfo.InvariantCulture,
            $"At most {Limits.PowerProposalsOfAnAdmin} changes of power of one admin wait at the same time."));

    /// <summary>The id of a person to be enrolled looks like another operator's.</summary>
    public static Refusal Lookalike(OperatorId id, OperatorId other) => new(
        RefusalReason.AlreadyExists,
        $"{id} differs from the enrolled operator {other} only in letter case or look-alike characters; two such ids may be one person.");

    /// <summary>A person got a role after the proposal was made, or had a break in it since.</summary>
    public static Refusal RoleTooNew(OperatorId person, Roles role) => new(
        RefusalReason.ForbiddenRole,
        $"{person} has not held the role {role.ToString().ToLowerInvariant()} since before it was proposed.");

    /// <summary>A person's authority ended and was granted again after the person proposed or approved this.</summary>
    public static Refusal AuthorityInterrupted(OperatorId person) => new(
        RefusalReason.AuthorityEnded, $"The authority of {person} has ended since, and a new one does not count.");

    /// <summary>One person is not enough.</summary>
    public static Refusal NeedsSecondPerson { get; } =
        new(RefusalReason.NeedsSecondPerson, "This takes two people: propose it and let another person approve.");

    /// <summary>The brake over the whole grid is engaged, and one person or service is not enough.</summary>
    public static Refusal Braked(DateTimeOffset until) => new(
        RefusalReason.NeedsSecondPerson,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The brake over the grid is engaged until {until:yyyy-MM-dd HH:mm:ss} UTC, so this takes two people."));

    /// <summary>An approver got the role after the brake engaged, or had a break in it since.</summary>
    public static Refusal RoleYoungerThanBrake(OperatorId person) => new(
        RefusalReason.ForbiddenRole,
        $"{person} has not held the role approver since before the brake engaged.");

    /// <summary>Proposer and approver are one.</summary>
    public static Refusal SamePerson { get; } =
        new(RefusalReason.SamePerson, "The approver must be another person than the proposer.");

    /// <summary>The proposal's time is over.</summary>
    public static Refusal ProposalExpired(ProposalId id) =>
        new(RefusalReason.ProposalExpired, $"Proposal {id} has expired.");

    /// <summary>What the proposal was bound to has moved.</summary>
    public static Refusal ProposalVoid(ProposalId id, string why) =>
        new(RefusalReason.ProposalVoid, $"Proposal {id} is void: {why}.");

    /// <summary>Too many harmful actions within the rolling window.</summary>
    public static Refusal BudgetExceeded(int limit, TimeSpan window, TimeSpan retryAfter) => new(
        RefusalReason.BudgetExceeded,
        string.Create(CultureInfo.InvariantCulture,
            $"At most {limit} harmful actions per {window.TotalMinutes:0} minutes."),
        RetryAfter: retryAfter);

    /// <summary>Too many followers affected by one person or service alone within the rolling window.</summary>
    public static Refusal ReachExceeded(
        long limit, TimeSpan window, TimeSpan retryAfter, ActorKind of = ActorKind.Operator) => new(
        RefusalReason.ReachExceeded,
        string.Create(CultureInfo.InvariantCulture,
            $"One {NameOf(of)} alone may affect at most {limit} followers per {window.TotalMinutes:0} minutes."),
        RetryAfter: retryAfter);

    /// <summary>A protected account would lose too many followers within the rolling window.</summary>
    public static Refusal FollowerLossLimit(long limit, TimeSpan window, TimeSpan retryAfter) => new(
        RefusalReason.FollowerLossLimit,
        string.Create(CultureInfo.InvariantCulture,
            $"A protected account may lose at most {limit} followers per {window.TotalMinutes:0.##} minutes, ")
            + "unless two people allow more.",
        RetryAfter: retryAfter);

    private static string NameOf(ActorKind kind) => kind == ActorKind.Service ? "service" : "person";

    /// <summary>The state is not the one that the caller saw.</summary>
    public static Refusal VersionMismatch(string field, string current) =>
        new(RefusalReason.VersionMismatch, $"{field} is not current; it is now {current}.", field);

    /// <summary>A request id used twice with different bodies.</summary>
    public static Refusal RequestIdConflict { get; } =
        new(RefusalReason.RequestIdConflict, "requestId was used before with another body.", "requestId");

    /// <summary>There is no such thing.</summary>
    public static Refusal NotFound(string what) => new(RefusalReason.NotFound, $"There is no {what}.");

    /// <summary>There is one already.</summary>
    public static Refusal AlreadyExists(string what) => new(RefusalReason.AlreadyExists, $"{what} exists already.");

    /// <summary>The status does not allow it.</summary>
    public static Refusal WrongStatus(string why) => new(RefusalReason.WrongStatus, why);

    /// <summary>A body or batch over its limit.</summary>
    public static Refusal TooLarge(string field, string rule) => new(RefusalReason.TooLarge, $"{field} {rule}", field);

    /// <summary>A queue is full.</summary>
    public static Refusal Overloaded(string what, TimeSpan retryAfter) =>
        new(RefusalReason.Overloaded, $"{what} is full; try again later.", RetryAfter: retryAfter);
}
