using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// The rules about operators' records. Pure. An admin's own authority is looked up when the command executes, as every
/// person's is.
/// </summary>
public static class OperatorDecider
{
    /// <summary>
    /// Decides one command. <paramref name="authority"/> is the caller's, from the caller's own record.
    /// </summary>
    public static OperatorDecision Decide(
        OperatorState state, OperatorCommand command, Caller caller, Authority? authority, DateTimeOffset now) =>
        command switch
        {
            OperatorCommand.Enroll c => (CheckAdmin(caller, authority) ?? CheckEnroll(c, now)) is { } r
                ? Refuse(state, r, "enroll")
                : Accept(new OperatorEvent.Enrolled(c.Roles, c.DisplayName, c.AuthorityEndsAt)),
            OperatorCommand.Offboard c => Offboard(state, c, caller, authority, now),
            OperatorCommand.EnrollOnFirstUse c => caller.Actor.Kind != ActorKind.System
                ? Refuse(state, Refusal.SystemOnly, "enroll")
                : EnrollOnFirstUse(state, c.Roles & Roles.Staff),
            OperatorCommand.ConfirmFrozen => caller.Actor.Kind != ActorKind.System
                ? Refuse(state, Refusal.SystemOnly, "freeze")
                : state.FreezePending ? Accept(new OperatorEvent.Frozen()) : Accept(),
            OperatorCommand.RecordUndo c => (CheckSupport(state, caller, authority) ?? CheckNote(c.Note)) is { } r
                ? Refuse(state, r, "undo")
                : Accept(new OperatorEvent.ActsUndone(c.Since, c.Accounts, c.Note)),
            _ => throw new InvalidOperationException($"Unknown command {command.GetType().Name}."),
        };

    /// <summary>The state after one more entry.</summary>
    /// <exception cref="InvalidOperationException">The entry does not continue the journal.</exception>
    public static OperatorState Evolve(OperatorState state, Recorded<OperatorEvent> entry)
    {
        if (entry.Sequence != state.Version + 1)
        {
            throw new InvalidOperationException(
                $"Entry {entry.Sequence} of operator {state.Id} does not follow version {state.Version}.");
        }

        var next = entry.Event switch
        {
            OperatorEvent.Enrolled e => state with
            {
                Roles = e.Roles,
                DisplayName = e.DisplayName,
                AuthorityEndsAt = e.AuthorityEndsAt,
                EnrolledAt = state.Version == 0 ? entry.At : state.EnrolledAt,
            },
            OperatorEvent.Offboarded e => state with { AuthorityEndsAt = e.AuthorityEndsAt, FreezePending = true },
            OperatorEvent.Frozen => state with { FreezePending = false },
            OperatorEvent.ActsUndone or OperatorEvent.AttemptRefused => state,
            _ => throw new InvalidOperationException($"Unknown event {entry.Event.GetType().Name}."),
        };
        return next with { Version = entry.Sequence };
    }

    /// <summary>
    /// A token without a staff role enrols no operator: every later call would append an entry again.
    /// </summary>
    private static OperatorDecision EnrollOnFirstUse(OperatorState state, Roles granted) =>
        state.AuthorityEndsAt is not null || (state.Roles & granted) == granted
            ? Accept()
            : Accept(new OperatorEvent.Enrolled(state.Roles | granted, state.DisplayName, null));

    private static OperatorDecision Offboard(
        OperatorState state, OperatorCommand.Offboard command, Caller caller, Authority? authority, DateTimeOffset now)
    {
        if ((CheckAdmin(caller, authority) ?? CheckNote(command.Note) ?? CheckKnown(state)) is { } refusal)
        {
            return Refuse(state, refusal, "offboard");
        }

        // A past instant would rewrite which acts were authorised: authority ends now at the earliest.
        var end = command.AuthorityEndsAt > now ? command.AuthorityEndsAt : now;
        if (state.AuthorityEndsAt is { } earlier && end > earlier)
        {
            return earlier <= now && command.AuthorityEndsAt <= now
                ? Accept()
                : Refuse(state,
                    Refusal.Invalid("authorityEndsAt", "can only move earlier; enrol the person again to prolong"),
                    "offboard");
        }

        return state.AuthorityEndsAt == end ? Accept() : Accept(new OperatorEvent.Offboarded(end, command.Note));
    }

    private static Refusal? CheckAdmin(Caller caller, Authority? authority) => Check(caller, authority, Roles.Admin);

    private static Refusal? CheckSupport(OperatorState state, Caller caller, Authority? authority) =>
        Check(caller, authority, Roles.Support) ?? CheckKnown(state);

    private static Refusal? Check(Caller caller, Authority? authority, Roles anyOf) =>
        caller.Actor.Person is not { } person || (caller.Roles & anyOf) == Roles.None ? Refusal.ForbiddenRole(anyOf)
        : AccountDecider.CheckPerson(authority ?? Authority.Unknown(person), anyOf, caller.Roles);

    private static Refusal? CheckKnown(OperatorState state) =>
        state.Version == 0 ? Refusal.NotFound($"operator {state.Id}") : null;

    private static Refusal? CheckEnroll(OperatorCommand.Enroll command, DateTimeOffset now) =>
        command.Roles == Roles.None || (command.Roles & ~Roles.Staff) != Roles.None
            ? Refusal.Invalid("roles", "must be some of support, approver, auditor, admin")
        : TextRules.DisplayName(command.DisplayName) is { } rule ? Refusal.Invalid("displayName", rule)
        : command.AuthorityEndsAt <= now ? Refusal.Invalid("authorityEndsAt", "must be in the future")
        : null;

    private static Refusal? CheckNote(string note) => AccountDecider.CheckNote(note);

    private static OperatorDecision Accept(params ImmutableArray<OperatorEvent> events) => new(null, events);

    /// <summary>A refusal is recorded only in a journal that exists: a made-up name must not create one.</summary>
    private static OperatorDecision Refuse(OperatorState state, Refusal refusal, string attempt) => new(
        refusal,
        refusal.IsRecorded && state.Version > 0
            ? [new OperatorEvent.AttemptRefused(attempt, refusal.Reason, refusal.Message)]
            : []);
}
