namespace AccountGrid.Domain;

/// <summary>
/// How many followers a protected account may lose within a window: the entries about it, and the allowance by two
/// people. What fits is reckoned by <see cref="LossWindow"/>.
/// </summary>
internal static class LossRules
{
    /// <summary>The form of an allowance; the refusal if it is broken.</summary>
    public static Refusal? CheckAllowance(HarmAction action, DateTimeOffset now) =>
        action.Kind != HarmKind.AllowFollowerLoss
            ? Refusal.Invalid("followers", "is for allowing followers to be lost only")
        : action.Followers is < 1 or > Limits.AllowedLoss
            ? Refusal.Invalid("followers", $"must be from 1 to {Limits.AllowedLoss}")
        : action.At is not null ? Refusal.Invalid("at", "is not for allowing followers to be lost")
        : action.Until is not { } until || until < now + Limits.AllowanceAtLeast || until > now + Limits.AllowanceAtMost
            ? Refusal.Invalid(
                "until", $"must be {Limits.AllowanceAtLeast.TotalMinutes:0} minute to "
                    + $"{Limits.AllowanceAtMost.TotalDays:0} days ahead")
        : null;

    /// <summary>One person, of those who may propose or approve an allowance, ends it.</summary>
    public static Decision Close(
        AccountState state, AccountCommand.CloseFollowerLoss command, Caller caller, Situation situation)
    {
        var refusal = AccountDecider.CheckFields(
                command.Reason, command.Note, command.Ticket, situation.Policy, heals: true)
            ?? AccountDecider.CheckPerson(caller, Roles.Support | Roles.Approver, situation)
            ?? (AllowanceAt(state, situation.Now) is null
                ? Refusal.WrongStatus($"Account {state.Id} has no allowance to lose followers.")
                : null);
        return refusal is not null
            ? AccountDecider.Refuse(refusal, command.Name)
            : new Decision.Accepted(
                AccountDecider.WithVoidedProposal(
                    state, [new AccountEvent.FollowerLossClosed(
                        LiftCause.Staff, command.Reason, command.Note, command.Ticket)]),
                Outcome.Done);
    }

    /// <summary>The entry of what was lost, if what its sender knew is what the journal says.</summary>
    public static Decision Note(AccountState state, AccountCommand.NoteLosses command) => new Decision.Accepted(
        state.ErasedAt is null && command.After == (state.Losses?.Note?.Sequence ?? 0)
            && command.Allowance == state.Losses?.Allowance?.Sequence
            ? [new AccountEvent.FollowersLost(
                command.Lost, command.Reserved, command.Limit, command.Window, command.FromAllowance, command.Slices)]
            : [],
        Outcome.Done);

    /// <summary>The entry of refused unfollows, if the last one is a window ago.</summary>
    public static Decision NoteRefused(
        AccountState state, AccountCommand.NoteLossRefused command, Situation situation) => new Decision.Accepted(
        state.ErasedAt is null && !(state.Losses?.RefusedAt > situation.Now - command.Window)
            ? [new AccountEvent.FollowerLossRefused(command.Lost, command.Limit, command.Window, command.Unfollows)]
            : [],
        Outcome.Done);

    /// <summary>The entry of the followers before a change, as far as the baseline before lets them count.</summary>
    public static Decision NoteBaseline(AccountState state, Situation situation) => new Decision.Accepted(
        state.ErasedAt is null && situation.Followers is { } followers
            && LossBaseline.IsOld(state.Losses?.Baseline, situation.Now)
            ? [new AccountEvent.LossBaselineNoted(
                Math.Min(followers, state.Losses?.Baseline?.GrownTo(situation.Now) ?? followers))]
            : [],
        Outcome.Done);

    /// <summary>The state after one more entry about losses.</summary>
    /// <exception cref="InvalidOperationException">There is no allowance to end.</exception>
    public static AccountState WithEntry(AccountState state, Recorded<AccountEvent> entry)
    {
        var losses = state.Losses ?? new();
        return state with
        {
            StateVersion = entry.Event is AccountEvent.FollowerLossAllowed or AccountEvent.FollowerLossClosed
                ? entry.Sequence
                : state.StateVersion,
            Losses = entry.Event switch
            {
                AccountEvent.FollowersLost e => losses with
                {
                    Note = new(
                        entry.Sequence, entry.At, e.Window, e.Lost, e.Reserved, e.Limit, e.FromAllowance, e.Slices),
                },
                AccountEvent.LossBaselineNoted e => losses with { Baseline = new(e.Followers, entry.At) },
                AccountEvent.FollowerLossRefused => losses with { RefusedAt = entry.At },
                AccountEvent.FollowerLossAllowed e => losses with
                {
                    Allowance = new(
                        entry.Sequence, e.Action.Followers, e.Action.Until!.Value, e.PlacedBy, e.ApprovedBy, entry.At),
                },
                _ => losses.Allowance is not null
                    ? losses with { Allowance = null }
                    : throw new InvalidOperationException($"Account {state.Id} has no allowance to lose followers."),
            },
        };
    }

    /// <summary>The allowance that lasts at an instant, or <c>null</c>.</summary>
    public static LossAllowance? AllowanceAt(AccountState state, DateTimeOffset now) =>
        state.Losses?.Allowance is { } allowance && now < allowance.Until ? allowance : null;
}
