using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// One to heal, always: no budget, no tier and no proposal stands in the way of an authorised person who restores or
/// protects.
/// </summary>
internal static class HealingRules
{
    private static readonly ImmutableArray<HoldKind> StaffKinds = [HoldKind.StaffDeactivation, HoldKind.Suspension];
    private static readonly ImmutableArray<HoldKind> OwnerKinds = [HoldKind.OwnerDeactivation];

    public static Decision Restore(
        AccountState state, AccountCommand.Restore command, Caller caller, Situation situation)
    {
        var mine = command.Owner ? OwnerKinds : StaffKinds;
        if ((AccountDecider.CheckFields(
                command.Reason, command.Note, command.Ticket, situation.Policy, heals: true)
            ?? CheckKinds(command.Kinds, mine)
            ?? CheckHealer(command.Owner, caller, situation) ?? CheckNotErased(state)) is { } refusal)
        {
            return AccountDecider.Refuse(refusal, command.Name);
        }

        var wanted = command.Kinds.IsDefaultOrEmpty ? mine : command.Kinds;
        var cause = command.Owner ? LiftCause.Owner : LiftCause.Staff;
        var lifted = state.Holds.Where(h => wanted.Contains(h.Kind))
            .Select(AccountEvent (h) =>
                new AccountEvent.HoldLifted(
                    h.Kind, cause, command.Reason, command.Note, command.Ticket, command.ReadsRefused))
            .ToImmutableArray();
        return lifted.IsEmpty
            ? AccountDecider.Refuse(Refusal.WrongStatus($"Account {state.Id} has no such hold to lift."), command.Name)
            : new Decision.Accepted(AccountDecider.WithVoidedProposal(state, lifted), Outcome.Done);
    }

    public static Decision Undo(
        AccountState state, AccountCommand.UndoHolds command, Caller caller, Situation situation)
    {
        if ((AccountDecider.CheckNote(command.Note) ?? CheckHealer(owner: false, caller, situation)
            ?? CheckNotErased(state)) is { } refusal)
        {
            return AccountDecider.Refuse(refusal, command.Name);
        }

        var lifted = state.Holds.Where(h => IsActOf(h, command.Actor, command.Since))
            .Select(AccountEvent (h) =>
                new AccountEvent.HoldLifted(h.Kind, LiftCause.Undo, "ERROR", command.Note, "", command.ReadsRefused))
            .ToImmutableArray();
        if (command.Actor.Person is { } undone && LossRules.AllowanceAt(state, situation.Now) is { } allowance
            && IsActOf(allowance.PlacedBy, allowance.ApprovedBy, allowance.At, undone, command.Since))
        {
            lifted = lifted.Add(new AccountEvent.FollowerLossClosed(LiftCause.Undo, "ERROR", command.Note, ""));
        }

        return lifted.IsEmpty
            ? AccountDecider.Refuse(
                Refusal.WrongStatus($"Account {state.Id} has no hold of {command.Actor} since then."), command.Name)
            : new Decision.Accepted(AccountDecider.WithVoidedProposal(state, lifted), Outcome.Done);
    }

    public static Decision Protect(
        AccountState state, AccountCommand.Protect command, Caller caller, Situation situation)
    {
        // The default is filled in here and not where the request comes in: a retry must have the same digest as the
        // first try.
        var reviewAt = command.ReviewAt ?? situation.Now + Limits.DefaultReview;
        var refusal = AccountDecider.CheckFields(
                command.Reason, command.Note, command.Ticket, situation.Policy, heals: true)
            ?? (reviewAt <= situation.Now || reviewAt > situation.Now + Limits.ReviewAhead
                ? Refusal.Invalid(
                    "reviewAt", $"must be in the future, at most {Limits.ReviewAhead.TotalDays:0} days ahead")
                : null)
            ?? CheckHealer(owner: false, caller, situation) ?? CheckNotErased(state);
        return refusal is not null
            ? AccountDecider.Refuse(refusal, command.Name)
            : new Decision.Accepted(
                AccountDecider.WithVoidedProposal(
                    state, [new AccountEvent.ProtectionRaised(
                        command.Owner, command.Reason, command.Note, command.Ticket, reviewAt)]),
                Outcome.Done);
    }

    /// <summary>
    /// A person's undo leaves the owner's hold alone, also where the person approved it; a service's lifts that alone.
    /// A suspension that the person prolonged is lifted whole: undo brings accounts back, and what another person had
    /// asked for is asked for again in a moment.
    /// </summary>
    private static bool IsActOf(Hold hold, Actor actor, DateTimeOffset since)
    {
        if (actor.Person is not { } person)
        {
            return hold.Kind == HoldKind.OwnerDeactivation && hold.At >= since && hold.PlacedBy == actor;
        }

        return hold.Kind != HoldKind.OwnerDeactivation
            && (IsActOf(hold.PlacedBy, hold.ApprovedBy, hold.At, person, since)
                || (hold.Prolonged is { } last && IsActOf(last.By, last.ApprovedBy, last.At, person, since)));
    }

    /// <summary>Whether a person did something, or approved it, since an instant.</summary>
    private static bool IsActOf(
        Actor by, OperatorId? approvedBy, DateTimeOffset at, OperatorId person, DateTimeOffset since) =>
        at >= since && (by.Person == person || approvedBy == person);

    private static Refusal? CheckHealer(bool owner, Caller caller, Situation situation) =>
        owner
            ? AccountDecider.CheckOwnersService(caller, situation)
            : AccountDecider.CheckPerson(caller, Roles.Support, situation);

    private static Refusal? CheckKinds(ImmutableArray<HoldKind> asked, ImmutableArray<HoldKind> mine) =>
        !asked.IsDefaultOrEmpty && asked.Any(k => !mine.Contains(k))
            ? Refusal.Invalid("kinds", $"must be among {string.Join(", ", mine)}")
            : null;

    private static Refusal? CheckNotErased(AccountState state) =>
        state.Status == AccountStatus.Erased
            ? Refusal.WrongStatus($"Account {state.Id} is erased; that is final.")
            : null;
}
