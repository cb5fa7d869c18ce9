namespace AccountGrid.Domain;

/// <summary>Folds an operator's journal. Pure: the same entries always give the same state.</summary>
public static class OperatorEvolver
{
    /// <summary>The state after one more entry.</summary>
    /// <exception cref="InvalidOperationException">
    /// The entry does not continue the journal, or cannot follow this state: the journal is damaged.
    /// </exception>
    public static OperatorState Evolve(OperatorState state, Recorded<OperatorEvent> entry)
    {
        if (entry.Sequence != state.Version + 1)
        {
            throw new InvalidOperationException(
                $"Entry {entry.Sequence} of operator {state.Id} does not follow version {state.Version}.");
        }

        return Apply(state, entry) with
        {
            Version = entry.Sequence,
            Requests = RequestMemory.After(state.Requests, entry, AnswerOf),
        };
    }

    private static OperatorState Apply(OperatorState state, Recorded<OperatorEvent> entry) => entry.Event switch
    {
        OperatorEvent.Enrolled e =>
            Enrolled(Close(state, e.Consent?.ProposalSequence, ProposalState.Executed), e, entry),
        OperatorEvent.Offboarded e => Close(state, e.Consent?.ProposalSequence, ProposalState.Executed) with
        {
            AuthorityEndsAt = e.AuthorityEndsAt,
            FreezePending = true,
            PowerVersion = entry.Sequence,
            IsManaged = true,
            LoweredBy = e.Consent is null ? entry.Actor.Person : null,
            LoweredAt = entry.At,
        },
        OperatorEvent.Frozen => state with { FreezePending = false, FrozenAt = entry.At },
        OperatorEvent.PowerProposed e => state with
        {
            Proposal = new PowerProposal(
                entry.Sequence, ProposalState.Open, e.Change, e.Digest, PersonOf(entry), entry.At, null,
                state.PowerVersion, e.ExpiresAt),
        },
        OperatorEvent.PowerApproved e => state with
        {
            Proposal = Pending(state, e.Sequence) with
            {
                State = ProposalState.Scheduled,
                ApprovedBy = PersonOf(entry),
                DueAt = e.EffectiveAt,
            },
        },
        OperatorEvent.PowerProposalClosed e => Close(state, e.Sequence, e.State),
        OperatorEvent.ActsUndone or OperatorEvent.ServiceActsUndone => state,
        OperatorEvent.AttemptRefused => state with
        {
            RefusedCallers = state.RefusedCallers.With(entry.Actor, entry.At),
        },
        _ => throw new InvalidOperationException($"Unknown event {entry.Event.GetType().Name}."),
    };

    private static OperatorState Enrolled(
        OperatorState state, OperatorEvent.Enrolled e, Recorded<OperatorEvent> entry)
    {
        var had = state.PowerVersion == 0 || entry.At >= state.AuthorityEndsAt ? Roles.None : state.Roles;

        // First use grants nothing new: a person whom the development key lets act has always been let act.
        var isFirstUse = entry.Actor.Kind == ActorKind.System && e.Consent is null && e.Founders.Length == 0;
        var isLoweredAlone = e.Consent is null && entry.Actor.Person is not null
            && ((had & ~e.Roles) != Roles.None || (e.AuthorityEndsAt ?? DateTimeOffset.MaxValue)
                < (state.AuthorityEndsAt ?? DateTimeOffset.MaxValue));
        return state with
        {
            Roles = e.Roles,
            DisplayName = e.DisplayName,
            AuthorityEndsAt = e.AuthorityEndsAt,
            PersonId = e.PersonId,
            EnrolledAt = state.PowerVersion == 0 ? entry.At : state.EnrolledAt,
            Since = state.Since.With(e.Roles & ~had, isFirstUse ? default : entry.At),
            PowerVersion = entry.Sequence,
            IsManaged = state.IsManaged || !isFirstUse,
            Founders = e.Founders.Length > 0 ? e.Founders : state.Founders,
            LoweredBy = isLoweredAlone ? entry.Actor.Person : state.LoweredBy,
            LoweredAt = isLoweredAlone ? entry.At : state.LoweredAt,
        };
    }

    private static OperatorId PersonOf(Recorded<OperatorEvent> entry) => entry.Actor.Person
        ?? throw new InvalidOperationException($"Entry {entry.Sequence} needs a person as its actor.");

    private static PowerProposal Pending(OperatorState state, long sequence) =>
        state.Proposal is { } proposal && proposal.Sequence == sequence
            ? proposal
            : throw new InvalidOperationException($"Proposal {sequence} of operator {state.Id} is not pending.");

    private static OperatorState Close(OperatorState state, long? sequence, ProposalState how)
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

    private static (Outcome Outcome, long? Proposal, Refusal? Refusal) AnswerOf(Recorded<OperatorEvent> entry) =>
        entry.Event switch
        {
            OperatorEvent.AttemptRefused e => (Outcome.Refused, null, new Refusal(e.Reason, e.Message)),
            OperatorEvent.PowerProposed => (Outcome.Pending, entry.Sequence, null),
            OperatorEvent.PowerApproved e => (Outcome.Pending, e.Sequence, null),
            OperatorEvent.PowerProposalClosed e => (Outcome.Done, e.Sequence, null),
            OperatorEvent.Enrolled e => (Outcome.Done, e.Consent?.ProposalSequence, null),
            OperatorEvent.Offboarded e => (Outcome.Done, e.Consent?.ProposalSequence, null),
            _ => (Outcome.Done, null, null),
        };
}
