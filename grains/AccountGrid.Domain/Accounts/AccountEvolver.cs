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

        return Remember(Rebind(Apply(state, entry), entry) with { Version = entry.Sequence }, entry);
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
        AccountEvent.FollowersLost or AccountEvent.FollowerLossRefused or AccountEvent.FollowerLossClosed =>
            LossRules.WithEntry(state, entry),
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

    /// <summary>
    /// One request may append several entries (a restore that also voids a proposal): the first one decides what is
    /// remembered.
    /// </summary>
    private static AccountState Remember(AccountState state, Recorded<AccountEvent> entry)
    {
        if (entry.RequestId is not { } id || entry.RequestDigest is not { } digest
            || state.Requests.Any(r => r.Id == id))
        {
            return state;
        }

        var remembered = entry.Event switch
        {
            AccountEvent.AttemptRefused e =>
                As(Outcome.Refused, e.ProposalSequence, new Refusal(e.Reason, e.Message, e.Field, e.RetryAfter)),
            AccountEvent.ProposalOpened or AccountEvent.ActionScheduled => As(Outcome.Pending, entry.Sequence),
            AccountEvent.ProposalApproved e => As(Outcome.Pending, e.Sequence),
            AccountEvent.HoldPlaced e => As(Outcome.Done, e.ProposalSequence),
            AccountEvent.SuspensionProlonged e => As(Outcome.Done, e.ProposalSequence),
            AccountEvent.Erased e => As(Outcome.Done, e.ProposalSequence),
            AccountEvent.ProtectionLowered e => As(Outcome.Done, e.ProposalSequence),
            AccountEvent.FollowerLossAllowed e => As(Outcome.Done, e.ProposalSequence),
            AccountEvent.ProposalClosed e => As(Outcome.Done, e.Sequence),
            _ => As(Outcome.Done, null),
        };
        return state with { Requests = RequestMemory.Add(state.Requests, remembered) };

        RememberedRequest As(Outcome outcome, long? proposal, Refusal? refusal = null) =>
            new(id, digest, outcome, proposal, refusal, entry.At, entry.Actor);
    }
}
