namespace AccountGrid.Domain;

/// <summary>
/// Which refused attempts become entries. An attempt at power always does, and with a request id so does a refusal that
/// depends on the state, because the entry is what remembers the id. A caller has so many entries on an account within
/// a window; further attempts are counted, and the caller's next entry tells their number.
/// </summary>
internal static class RefusalRules
{
    /// <summary>A decision with the entry of a refused attempt where there is to be one, and only there.</summary>
    public static Decision Recorded(
        AccountState state, AccountRequest request, Situation situation, Decision decision)
    {
        if (decision is not Decision.Refused { Events: [AccountEvent.AttemptRefused attempt, ..] } refused)
        {
            return decision;
        }

        if (!refused.Refusal.IsRecorded && request.RequestId is null)
        {
            return refused with { Events = refused.Events.RemoveAt(0) };
        }

        // An attempt that also closes a proposal is an entry always: it happens once for each proposal, and the entry
        // that comes first decides what is remembered of the request.
        return refused.Events.Length > 1
            || state.RefusedCallers.HasRoom(request.Caller.Actor, refused.Refusal, situation.Now)
            ? refused with { Events = refused.Events.SetItem(0, attempt with { Counted = situation.Counted }) }
            : refused with { Events = [], IsCounted = true };
    }

    /// <summary>The entry of what was counted: of the last attempt, with the number of those before it.</summary>
    public static Decision SumUp(AccountCommand.SumUpRefusals command, Situation situation) =>
        new Decision.Accepted(
            situation.Counted is not { } counted
                ? []
                : [new AccountEvent.AttemptRefused(
                    command.Attempt, command.Refusal.Reason, command.Refusal.Message, null, command.Refusal.Field,
                    command.Refusal.RetryAfter, counted with { Count = counted.Count - 1 })],
            Outcome.Done);

    /// <summary>The state after one more entry of a refused attempt.</summary>
    public static AccountState WithEntry(AccountState state, Recorded<AccountEvent> entry) =>
        state with { RefusedCallers = state.RefusedCallers.With(entry.Actor, entry.At) };
}
