namespace AccountGrid.Domain;

/// <summary>Folds an account's journal. Pure: the same entries always give the same state.</summary>
public static class AccountEvolver
{
    /// <summary>The state after one more entry.</summary>
    /// <exception cref="InvalidOperationException">
    /// The entry does not continue the journal (a gap or a repetition), or cannot follow this state: the journal is
    /// damaged.
    /// </exception>
    public static AccountState Evolve(AccountState state, Recorded<AccountEvent> entry)
    {
        if (entry.Sequence != state.Version + 1)
        {
            throw new InvalidOperationException(
                $"Entry {entry.Sequence} of account {state.Id} does not follow version {state.Version}.");
        }

        return Rebind(Apply(state, entry), entry) with
        {
            Version = entry.Sequence,
            Requests = RequestMemory.After(state.Requests, entry, AnswerOf),
        };
    }

    /// <summary>What staff have pending stays bound to the account over a movement of the owner's hold.</summary>
    private static AccountState Rebind(AccountState state, Recorded<AccountEvent> entry) =>
        state.Proposal is { IsStaffs: true } pending && AccountDecider.IsOwnersMovement(entry.Event)
            ? state with { Proposal = pending with { StateVersion = state.StateVersion } }
            : state;

    private static AccountState Apply(AccountState state, Recorded<AccountEvent> entry) => entry.Event switch
    {
        AccountEvent.Registered e =>
            state with { Handle = e.Handle, RegisteredAt = entry.At, StateVersion = entry.Sequence },
        AccountEvent.HoldPlaced e => Close(state, e.ProposalSequence, ProposalState.Executed) with
        {
            Holds = state.Holds.Add(new Hold(
                FreeKind(state, e.Action), entry.Sequence, e.PlacedBy, e.ApprovedBy, entry.At, e.Action.Reason,
                e.Action.Until)),
            StateVersion = entry.Sequence,
        },
        AccountEvent.HoldLifted e => state with
        {
            Holds = state.Holds.Remove(
                state.HoldOf(e.Kind) ?? throw new InvalidOperationException($"There is no {e.Kind} to lift.")),
            StateVersion = entry.Sequence,
        },
        AccountEvent.SuspensionProlonged or AccountEvent.SuspensionShortened =>
            SuspensionRules.WithEntry(state, entry),
        AccountEvent.Erased e => Close(state, e.ProposalSequence, ProposalState.Executed) with
        {
            ErasedAt = entry.At,
            StateVersion = entry.Sequence,
        },
        AccountEvent.ProtectionRaised e => state with
        {
            Designation = new Designation(e.Owner, e.Reason, entry.At, e.ReviewAt),
            StateVersion = entry.Sequence,
        },
        AccountEvent.ProtectionLowered e => Close(state, e.ProposalSequence, ProposalState.Executed) with
        {
            Designation = null,
            StateVersion = entry.Sequence,
        },
        AccountEvent.ReachProtected or AccountEvent.ReachBelow or AccountEvent.ReachUnprotected =>
            ReachRules.WithEntry(state, entry),
        AccountEvent.FollowersLost or AccountEvent.FollowerLossRefused or AccountEvent.FollowerLossClosed
            or AccountEvent.LossBaselineNoted => LossRules.WithEntry(state, entry),
        AccountEvent.FollowerLossAllowed e =>
            LossRules.WithEntry(Close(state, e.ProposalSequence, ProposalState.Executed), entry),
        AccountEvent.ProposalOpened e => state with
        {
            Proposal = new Proposal(
                entry.Sequence, ProposalState.Open, e.Action, e.Digest, e.Shown, entry.Actor, entry.At, null,
                state.StateVersion, e.ExpiresAt),
        },
        AccountEvent.ActionScheduled e => state with
        {
            Proposal = new Proposal(
                entry.Sequence, ProposalState.Scheduled, e.Action, e.Digest, e.Shown, entry.Actor, entry.At, null,
                state.StateVersion, e.FiresAt),
        },
        AccountEvent.ProposalApproved e => state with
        {
            Proposal = Pending(state, e.Sequence) with
            {
                State = ProposalState.Scheduled,
                ApprovedBy = entry.Actor.Person,
                DueAt = e.FiresAt,
            },
        },
        AccountEvent.ProposalClosed e => Close(state, e.Sequence, e.State),
        AccountEvent.AttemptRefused => RefusalRules.WithEntry(state, entry),
        _ => throw new InvalidOperationException($"Unknown event {entry.Event.GetType().Name}."),
    };

    private static HoldKind FreeKind(AccountState state, HarmAction action)
    {
        var kind = action.PlacesHold ?? throw new InvalidOperationException($"{action.Kind} places no hold.");
        return state.HoldOf(kind) is null
            ? kind
            : throw new InvalidOperationException($"Account {state.Id} has a {kind} already.");
    }

    private static Proposal Pending(AccountState state, long sequence) =>
        state.Proposal is { } proposal && proposal.Sequence == sequence
            ? proposal
            : throw new InvalidOperationException($"Proposal {sequence} of account {state.Id} is not pending.");

    internal static AccountState Close(AccountState state, long? sequence, ProposalState how)
    {
        if (sequence is not { } closed)
        {
            return state;
        }

        _ = Pending(state, closed);
        return state with
        {
            Proposal = null,
            ClosedProposals = ClosedProposal.Add(state.ClosedProposals, new(closed, how)),
        };
    }

    private static (Outcome Outcome, long? Proposal, Refusal? Refusal) AnswerOf(Recorded<AccountEvent> entry) =>
        entry.Event switch
        {
            AccountEvent.AttemptRefused e => (
                Outcome.Refused, e.ProposalSequence, new Refusal(e.Reason, e.Message, e.Field, e.RetryAfter)),
            AccountEvent.ProposalOpened or AccountEvent.ActionScheduled => (Outcome.Pending, entry.Sequence, null),
            AccountEvent.ProposalApproved e => (Outcome.Pending, e.Sequence, null),
            AccountEvent.HoldPlaced e => (Outcome.Done, e.ProposalSequence, null),
            AccountEvent.SuspensionProlonged e => (Outcome.Done, e.ProposalSequence, null),
            AccountEvent.Erased e => (Outcome.Done, e.ProposalSequence, null),
            AccountEvent.ProtectionLowered e => (Outcome.Done, e.ProposalSequence, null),
            AccountEvent.FollowerLossAllowed e => (Outcome.Done, e.ProposalSequence, null),
            AccountEvent.ProposalClosed e => (Outcome.Done, e.Sequence, null),
            _ => (Outcome.Done, null, null),
        };
}
