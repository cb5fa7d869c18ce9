using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// Every rule about what may happen to an account. Pure: the state, the request and the situation (with the clock in
/// it) decide; nothing is read or written. The rules stand by theme in <see cref="HarmRules"/> (two to harm),
/// <see cref="HealingRules"/> (one to heal), <see cref="ProposalRules"/> (the second person) and <see cref="DueRules"/>
/// (time).
/// </summary>
public static class AccountDecider
{
    /// <summary>
    /// Registers an account that does not exist yet; for one that exists, the request that registered it is answered as
    /// it was.
    /// </summary>
    public static Decision Register(AccountState state, string handle, Caller caller, string? requestId = null)
    {
        var refusal = (caller.Roles & Roles.MayRegister) != Roles.None
            ? CheckRequestId(requestId)
            : Refusal.ForbiddenRole(Roles.MayRegister);
        if ((refusal ?? (TextRules.Handle(handle) is { } rule ? Refusal.Invalid("handle", rule) : null)) is { } refused)
        {
            return new Decision.Refused(refused, []);
        }

        if (!state.IsRegistered)
        {
            return new Decision.Accepted([new AccountEvent.Registered(handle)], Outcome.Done);
        }

        return requestId is not null && state.Requests.FirstOrDefault(r => r.Id == requestId) is { } earlier
            ? earlier.Digest == RequestDigest.OfRegistration(state.Id, caller.Actor, handle)
                ? new Decision.Replayed(earlier)
                : new Decision.Refused(Refusal.RequestIdConflict, [])
            : new Decision.Refused(Refusal.AlreadyExists($"Account {state.Id}"), []);
    }

    /// <summary>
    /// The people whose authority must be looked up before deciding, each at most once, with the harm that the command
    /// may cause at once in that person's name. For a service that acts for the owner, the person with its subject, and
    /// the harm in the service's own budget.
    /// </summary>
    public static ImmutableArray<AuthorityQuestion> Questions(
        AccountState state, AccountRequest request, Situation situation)
    {
        var caller = request.Caller.Actor.Person;
        return request.Command switch
        {
            AccountCommand.Harm { Action: { Kind: HarmKind.OwnerDeactivate } action } =>
                OwnersService(
                    request.Caller, HarmRules.MayActAlone(state, action, situation)
                        ? new HarmIntent(state.Id, situation.Followers ?? 0)
                        : null),
            AccountCommand.Restore { Owner: true } => OwnersService(request.Caller, intent: null),
            AccountCommand.Harm harm => caller is { } person
                ? [new(person, HarmRules.MayActAlone(state, harm.Action, situation)
                    ? new HarmIntent(state.Id, situation.Followers ?? 0)
                    : null)]
                : [],
            AccountCommand.Approve approve => ProposalRules.PeopleConcerned(state, approve.Sequence, caller),
            AccountCommand.FireDue => DueRules.PeopleConcerned(state, situation),
            AccountCommand.SumUpRefusals => [],
            _ => caller is { } person ? [new(person, null)] : [],
        };
    }

    /// <summary>
    /// A caller that is no service asks about its own subject, and is refused then; it reserves nothing.
    /// </summary>
    private static ImmutableArray<AuthorityQuestion> OwnersService(Caller caller, HarmIntent? intent) =>
        AuthorityQuestion.About(caller.Actor, intent) is { } question ? [question]
        : OperatorId.TryParse(caller.Actor.Subject, out var namesake) ? [new(namesake, null, OfAService: true)]
        : [];

    /// <summary>Decides one request on one account.</summary>
    public static Decision Decide(AccountState state, AccountRequest request, Situation situation)
    {
        if (!state.IsRegistered)
        {
            return new Decision.Refused(Refusal.NotFound($"account {state.Id}"), []);
        }

        if (CheckRequestId(request.RequestId) is { } malformed)
        {
            return new Decision.Refused(malformed, []);
        }

        if (request.RequestId is { } id && state.Requests.FirstOrDefault(r => r.Id == id) is { } earlier)
        {
            return earlier.Digest == RequestDigest.Of(state.Id, request)
                ? Replay(request, earlier, situation)
                : new Decision.Refused(Refusal.RequestIdConflict, []);
        }

        return RefusalRules.Recorded(state, request, situation, DecideFresh(state, request, situation));
    }

    /// <summary>
    /// Decides a request that was not answered before. The etag comes after what is wrong whatever the state is, so
    /// that a caller without the power is not told the current one.
    /// </summary>
    private static Decision DecideFresh(AccountState state, AccountRequest request, Situation situation)
    {
        var decision = DecideCommand(state, request, situation);
        return request.ExpectedStateVersion is not { } expected || expected == state.StateVersion
            || decision is Decision.Refused
            {
                Refusal.Reason: RefusalReason.ForbiddenRole or RefusalReason.AuthorityEnded
                or RefusalReason.InvalidArgument
            }
            ? decision
            : Refuse(
                Refusal.VersionMismatch("etag", Etag.Format(state.StateVersion)), request.Command.Name,
                request.Command.ProposalSequence);
    }

    private static Decision DecideCommand(AccountState state, AccountRequest request, Situation situation) =>
        request.Command switch
        {
            AccountCommand.Harm c => HarmRules.Decide(state, c, request.Caller, situation),
            AccountCommand.Restore c => HealingRules.Restore(state, c, request.Caller, situation),
            AccountCommand.UndoHolds c => HealingRules.Undo(state, c, request.Caller, situation),
            AccountCommand.Protect c => HealingRules.Protect(state, c, request.Caller, situation),
            AccountCommand.CloseFollowerLoss c => LossRules.Close(state, c, request.Caller, situation),
            AccountCommand.Approve c => ProposalRules.Approve(state, c, request.Caller, situation),
            AccountCommand.Reject c => ProposalRules.Reject(state, c, request.Caller, situation),
            AccountCommand.Withdraw c => ProposalRules.Withdraw(state, c, request.Caller, situation),
            AccountCommand.FireDue or AccountCommand.Freeze or AccountCommand.NoteReach
                or AccountCommand.NoteLosses or AccountCommand.NoteLossRefused or AccountCommand.NoteLossBaseline
                when request.Caller.Actor.Kind != ActorKind.System =>
                Refuse(Refusal.SystemOnly, request.Command.Name),
            AccountCommand.FireDue c => DueRules.Fire(state, c, situation),
            AccountCommand.Freeze c => DueRules.Freeze(state, c),
            AccountCommand.NoteReach c => ReachRules.Note(state, c, situation),
            AccountCommand.NoteLosses c => LossRules.Note(state, c),
            AccountCommand.NoteLossRefused c => LossRules.NoteRefused(state, c, situation),
            AccountCommand.NoteLossBaseline => LossRules.NoteBaseline(state, situation),
            AccountCommand.SumUpRefusals c => RefusalRules.SumUp(c, situation),
            _ => throw new InvalidOperationException($"Unknown command {request.Command.GetType().Name}."),
        };

    /// <summary>
    /// Answers a repetition as the first time, unless the caller has no authority any more: standing is looked up for
    /// every answer. Not recorded once more: the journal has what the request id did.
    /// </summary>
    private static Decision Replay(AccountRequest request, RememberedRequest earlier, Situation situation) =>
        request.Caller.Actor.Person is { } person && situation.Of(person).Standing == Standing.Ended
            ? new Decision.Refused(Refusal.AuthorityEnded(person), [])
            : request.Caller.Actor.Kind == ActorKind.Service
                && OperatorId.TryParse(request.Caller.Actor.Subject, out var namesake)
                && situation.Of(namesake).IsEnrolled
                ? new Decision.Refused(Refusal.SubjectOfAPerson(namesake), [])
                : new Decision.Replayed(earlier);

    /// <summary>The name of a harm, for journals and metrics.</summary>
    public static string NameOf(HarmKind kind) => kind switch
    {
        HarmKind.Deactivate => "deactivate",
        HarmKind.Suspend => "suspend",
        HarmKind.Erase => "erase",
        HarmKind.Unprotect => "unprotect",
        HarmKind.OwnerDeactivate => "owner_deactivate",
        HarmKind.AllowFollowerLoss => "allow_follower_loss",
        HarmKind.ChangeSuspension => "change_suspension",
        _ => throw new InvalidOperationException($"Unknown harm {kind}."),
    };

    /// <summary>
    /// A refusal, with the journal entry of the attempt; <see cref="RefusalRules.Recorded"/> takes the entry out again
    /// where the attempt is not recorded.
    /// </summary>
    internal static Decision Refuse(
        Refusal refusal, string attempt, long? proposalSequence = null, params ReadOnlySpan<AccountEvent> alsoAppend) =>
        new Decision.Refused(refusal, refusal.IsRecorded || refusal.IsRemembered
            ? [new AccountEvent.AttemptRefused(
                    attempt, refusal.Reason, refusal.Message, proposalSequence, refusal.Field, refusal.RetryAfter),
                .. alsoAppend]
            : [.. alsoAppend]);

    /// <summary>
    /// Law 2 for one person: the role must be in the token and in the register, and the standing must not have ended.
    /// Returns the refusal, or <c>null</c>.
    /// </summary>
    internal static Refusal? CheckPerson(Caller caller, Roles anyOf, Situation situation)
    {
        if (caller.Actor.Person is not { } person || (caller.Roles & anyOf) == Roles.None)
        {
            return Refusal.ForbiddenRole(anyOf);
        }

        return CheckPerson(situation.Of(person), anyOf, caller.Roles);
    }

    /// <summary>
    /// The owner's side of a command is for services alone. A token with a staff role speaks for a person in every
    /// variant of every command, so that the variant for owners is no way round that person's standing and budget. So
    /// does a token with roles of services alone whose subject is enrolled in the register, also after the end of that
    /// person's authority. Returns the refusal, or <c>null</c>.
    /// </summary>
    internal static Refusal? CheckOwnersService(Caller caller, Situation situation) =>
        (caller.Roles & Roles.MayActForOwners) == Roles.None ? Refusal.ForbiddenRole(Roles.MayActForOwners)
        : caller.Actor.Kind != ActorKind.Service || (caller.Roles & Roles.Staff) != Roles.None ? Refusal.ServiceOnly
        : OperatorId.TryParse(caller.Actor.Subject, out var namesake) && situation.Of(namesake).IsEnrolled
            ? Refusal.SubjectOfAPerson(namesake)
        : null;

    /// <summary>As above, for a person who is not the caller: there is no token, the register alone says.</summary>
    internal static Refusal? CheckPerson(Authority authority, Roles anyOf, Roles inToken = (Roles)~0) =>
        authority.Standing == Standing.Ended ? Refusal.AuthorityEnded(authority.Person)
        : (authority.Roles & inToken & anyOf) == Roles.None ? Refusal.ForbiddenRole(anyOf)
        : null;

    /// <summary>
    /// A movement of holds or protection voids whatever was pending, because it was bound to the state before. A
    /// movement of the owner's hold alone leaves what staff have pending, so that an owner cannot get rid of it by
    /// going down and coming back; what its two people were shown (tier, followers, the staff's holds) is looked at
    /// again when it is approved and when it fires.
    /// </summary>
    internal static ImmutableArray<AccountEvent> WithVoidedProposal(
        AccountState state, ImmutableArray<AccountEvent> movement) =>
        state.Proposal is { } pending && !(pending.IsStaffs && movement.All(IsOwnersMovement))
            ? movement.Add(new AccountEvent.ProposalClosed(
                pending.Sequence, ProposalState.Void, RefusalReason.ProposalVoid, "the account's state moved"))
            : movement;

    /// <summary>Whether an event moves the owner's hold.</summary>
    internal static bool IsOwnersMovement(AccountEvent e) =>
        e is AccountEvent.HoldPlaced { Action.Kind: HarmKind.OwnerDeactivate }
            or AccountEvent.HoldLifted { Kind: HoldKind.OwnerDeactivation };

    /// <summary>The shared fields of a request that changes something, and whether it heals.</summary>
    internal static Refusal? CheckFields(
        string reason, string note, string ticket, AccountPolicy policy, bool heals = false) =>
        TextRules.ReasonForm(reason) is { } form ? Refusal.Invalid("reason", form)
        : !policy.Reasons.Contains(reason) && !(heals && AccountPolicy.KnownReasons.Contains(reason))
            ? Refusal.Invalid(
                "reason", $"must be one of {string.Join(", ", policy.Reasons.Order(StringComparer.Ordinal))}")
        : CheckNote(note) ?? (TextRules.Ticket(ticket) is { } t ? Refusal.Invalid("ticket", t) : null);

    private static Refusal? CheckRequestId(string? requestId) =>
        requestId is not null && TextRules.RequestId(requestId) is { } rule ? Refusal.Invalid("requestId", rule) : null;

    /// <summary>A note alone.</summary>
    internal static Refusal? CheckNote(string note) =>
        TextRules.Note(note) is { } rule ? Refusal.Invalid("note", rule) : null;
}
