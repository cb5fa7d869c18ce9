using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// The rules about operators' records. Pure. An admin's own authority is looked up when the command executes, as every
/// person's is. What raises power takes two admins (<see cref="PowerRules"/>, <see cref="PowerProposalRules"/>).
/// </summary>
public static class OperatorDecider
{
    /// <summary>
    /// The people whose authority must be looked up before deciding: the caller, and the admins behind the pending
    /// proposal where the command acts on it.
    /// </summary>
    public static ImmutableArray<OperatorId> PeopleConcerned(OperatorState state, OperatorRequest request)
    {
        var acts = request.Command is OperatorCommand.Approve or OperatorCommand.FireDue ? state.Proposal : null;
        return SecondAdminRules.PeopleConcerned(request.Caller, acts?.ProposedBy, acts?.ApprovedBy);
    }

    /// <summary>
    /// Whether the command depends on what the other records say: a person is enrolled who was not, or power is
    /// lowered.
    /// </summary>
    public static bool NeedsRegister(OperatorState state, OperatorCommand command) =>
        command is OperatorCommand.EnrollFounder or OperatorCommand.Offboard or OperatorCommand.Enroll
        || (command is OperatorCommand.EnrollOnFirstUse && state.PowerVersion == 0);

    /// <summary>
    /// Whether the command takes its turn over the whole register, so that what it learns about the other records
    /// still holds when it is written.
    /// </summary>
    public static bool TakesTurnOfRegister(OperatorCommand command) =>
        command is OperatorCommand.Enroll or OperatorCommand.Offboard or OperatorCommand.EnrollFounder;

    /// <summary>Decides one request on one record.</summary>
    public static OperatorDecision Decide(OperatorState state, OperatorRequest request, OperatorSituation situation)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(situation);
        if (RequestMemory.AnswerTo(
            state.Requests, request.RequestId, () => RequestDigest.Of(state.Id, request), request.Caller.Actor,
            person => situation.Of(person).Standing) is var (refusal, outcome, proposal))
        {
            return new(refusal, [], outcome, proposal);
        }

        var decision = request.ExpectedPowerVersion is { } expected && expected != state.PowerVersion
            ? Refuse(state, Refusal.VersionMismatch("etag", Etag.Format(state.PowerVersion)), request.Command.Name)
            : request.Command is OperatorCommand.EnrollOnFirstUse or OperatorCommand.EnrollFounder
                or OperatorCommand.ConfirmFrozen or OperatorCommand.FireDue
                && request.Caller.Actor.Kind != ActorKind.System
                ? Refuse(state, Refusal.SystemOnly, request.Command.Name)
                : DecideNew(state, request, situation);
        return decision with
        {
            Events = state.RefusedCallers.EventsOf(
                request.Caller.Actor, state.Version, decision.Events, decision.Refusal, request.RequestId,
                situation.Now, refused => EntryOf(refused, request.Command.Name)),
        };
    }

    private static OperatorDecision DecideNew(
        OperatorState state, OperatorRequest request, OperatorSituation situation) => request.Command switch
        {
            OperatorCommand.Enroll c => PowerRules.Enroll(state, c, request.Caller, situation),
            OperatorCommand.Offboard c => PowerRules.Offboard(state, c, request.Caller, situation),
            OperatorCommand.Approve c => PowerProposalRules.Approve(state, c, request.Caller, situation),
            OperatorCommand.Reject c => PowerProposalRules.Reject(state, c, request.Caller, situation),
            OperatorCommand.Withdraw c => PowerProposalRules.Withdraw(state, c, request.Caller, situation),
            OperatorCommand.FireDue => PowerProposalRules.FireDue(state, situation),
            OperatorCommand.EnrollOnFirstUse c => EnrollOnFirstUse(state, c.Roles & Roles.Staff, situation),
            OperatorCommand.EnrollFounder c => EnrollFounder(state, c, situation),
            OperatorCommand.ConfirmFrozen => state.MustFreezeAt(situation.Now)
                ? Accept(new OperatorEvent.Frozen())
                : Accept(),
            OperatorCommand.RecordUndo c => RecordUndo(state, c, request.Caller, situation),
            OperatorCommand.RecordServiceUndo c => RecordServiceUndo(state, c, request.Caller, situation),
            _ => throw new InvalidOperationException($"Unknown command {request.Command.GetType().Name}."),
        };

    /// <summary>
    /// A token without a staff role enrols no operator: every later call would append an entry again. Neither does the
    /// token of a subject that looks like another operator's, because it may be the same person.
    /// </summary>
    private static OperatorDecision EnrollOnFirstUse(
        OperatorState state, Roles granted, OperatorSituation situation) =>
        state.IsManaged || state.AuthorityEndsAt is not null || (state.Roles & granted) == granted
            || SamePerson.IsReserved(state.Id.Value) || situation.Register.Lookalike is not null
            ? Accept()
            : Accept(new OperatorEvent.Enrolled(state.Roles | granted, state.DisplayName, null, state.PersonId));

    /// <summary>
    /// Founders are admins and nothing else. Where the register has an admin the settings enrol no other one: otherwise
    /// a person who can write the settings would have the power of two admins.
    /// </summary>
    private static OperatorDecision EnrollFounder(
        OperatorState state, OperatorCommand.EnrollFounder command, OperatorSituation situation)
    {
        var hasPower = state.StandingAt(situation.Now, situation.Policy) != Standing.Ended;
        if (situation.Register.HasOtherAdmin || (hasPower && state.Roles.HasFlag(Roles.Admin)))
        {
            return Accept();
        }

        if (situation.Register.Lookalike is { } lookalike)
        {
            return new(Refusal.Lookalike(state.Id, lookalike), [], Outcome.Refused);
        }

        var roles = (hasPower ? state.Roles : Roles.None) | Roles.Admin;
        return Accept(new OperatorEvent.Enrolled(
            roles, state.DisplayName, null, state.PersonId, Founders: command.Digest));
    }

    private static OperatorDecision RecordUndo(
        OperatorState state, OperatorCommand.RecordUndo command, Caller caller, OperatorSituation situation) =>
        (CheckPerson(caller, Roles.Support, situation) ?? CheckKnown(state) ?? AccountDecider.CheckNote(command.Note))
            is { } refusal
            ? Refuse(state, refusal, "undo")
            : Accept(new OperatorEvent.ActsUndone(command.Since, command.Accounts, command.Note));

    private static OperatorDecision RecordServiceUndo(
        OperatorState state, OperatorCommand.RecordServiceUndo command, Caller caller, OperatorSituation situation) =>
        (CheckPerson(caller, Roles.Support, situation) ?? CheckKnown(state)
            ?? AccountDecider.CheckNote(command.Note)
            ?? (caller.Actor.Person == state.Id ? null : Refusal.Invalid("operator", "must be the caller")))
            is { } refusal
            ? Refuse(state, refusal, "undo")
            : Accept(new OperatorEvent.ServiceActsUndone(
                command.Service, command.Since, command.Accounts, command.Note));

    /// <summary>
    /// Law 2 for the caller: the role in the token and in the register, and a standing that has not ended.
    /// </summary>
    internal static Refusal? CheckPerson(Caller caller, Roles anyOf, OperatorSituation situation) =>
        caller.Actor.Person is not { } person || (caller.Roles & anyOf) == Roles.None
            ? Refusal.ForbiddenRole(anyOf)
            : AccountDecider.CheckPerson(situation.Of(person), anyOf, caller.Roles);

    internal static Refusal? CheckKnown(OperatorState state) =>
        state.PowerVersion == 0 ? Refusal.NotFound($"operator {state.Id}") : null;

    internal static OperatorDecision Accept(params ImmutableArray<OperatorEvent> events) => new(null, events);

    /// <summary>
    /// A refusal is recorded only in a journal that exists: a made-up name must not create one. Events that follow from
    /// the attempt are appended behind it.
    /// </summary>
    internal static OperatorDecision Refuse(
        OperatorState state, Refusal refusal, string attempt, params ReadOnlySpan<OperatorEvent> alsoAppend) => new(
        refusal,
        refusal.IsRecorded && state.Version > 0 ? [EntryOf(refusal, attempt), .. alsoAppend] : [.. alsoAppend],
        Outcome.Refused);

    private static OperatorEvent.AttemptRefused EntryOf(Refusal refusal, string attempt) =>
        new(attempt, refusal.Reason, refusal.Message);
}
