namespace AccountGrid.Domain;

/// <summary>
/// Moving the end of a running suspension. A later end, or none, keeps the account down for longer: that is a harm, by
/// the rules of all harms. An earlier end heals, and takes one person.
/// </summary>
internal static class SuspensionRules
{
    /// <summary>Whether the action brings the end of the running suspension nearer.</summary>
    public static bool Shortens(AccountState state, HarmAction action) =>
        action.Kind == HarmKind.ChangeSuspension && EndOf(action) is { } end
            && state.HoldOf(HoldKind.Suspension) is { } running && !(running.Until <= end);

    /// <summary>Whether there is a suspension that would end later. Returns the refusal, or <c>null</c>.</summary>
    public static Refusal? CheckProlonged(AccountState state, HarmAction action) =>
        state.HoldOf(HoldKind.Suspension) is not { } running
            ? Refusal.WrongStatus($"Account {state.Id} has no suspension to change.")
        : running.Until == EndOf(action)
            ? Refusal.WrongStatus($"The suspension of account {state.Id} ends then already.")
        : null;

    public static Decision Shorten(AccountState state, HarmAction action, Caller caller, Situation situation)
    {
        var refusal =
            AccountDecider.CheckFields(action.Reason, action.Note, action.Ticket, situation.Policy, heals: true)
            ?? (action.Until > situation.Now
                ? null
                : Refusal.Invalid("until", "must be in the future; a restore ends the suspension now"))
            ?? AccountDecider.CheckPerson(caller, Roles.Support, situation)
            ?? (state.Status == AccountStatus.Erased
                ? Refusal.WrongStatus($"Account {state.Id} is erased; that is final.")
                : null);
        return refusal is not null
            ? AccountDecider.Refuse(refusal, AccountDecider.NameOf(action.Kind))
            : new Decision.Accepted(
                AccountDecider.WithVoidedProposal(
                    state,
                    [new AccountEvent.SuspensionShortened(
                        EndOf(action)!.Value, action.Reason, action.Note, action.Ticket)]),
                Outcome.Done);
    }

    /// <summary>The state after a move of the end.</summary>
    /// <exception cref="InvalidOperationException">There is no suspension to change.</exception>
    public static AccountState WithEntry(AccountState state, Recorded<AccountEvent> entry)
    {
        var running = state.HoldOf(HoldKind.Suspension)
            ?? throw new InvalidOperationException($"Account {state.Id} has no suspension to change.");
        var (hold, proposal) = entry.Event switch
        {
            AccountEvent.SuspensionProlonged e => (running with
            {
                Until = e.Action.Until,
                Prolonged = new Prolongation(e.PlacedBy, e.ApprovedBy, entry.At),
            }, e.ProposalSequence),
            AccountEvent.SuspensionShortened e => (running with { Until = e.Until }, null),
            _ => throw new InvalidOperationException($"{entry.Event.GetType().Name} moves no end."),
        };
        return AccountEvolver.Close(state, proposal, ProposalState.Executed) with
        {
            Holds = state.Holds.Replace(running, hold),
            StateVersion = entry.Sequence,
        };
    }

    /// <summary>The new end as journals have it, in whole microseconds.</summary>
    private static DateTimeOffset? EndOf(HarmAction action) =>
        action.Until is { } until ? Microseconds.Truncate(until) : null;
}
