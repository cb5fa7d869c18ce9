using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>Folds the policy's journal. Pure: the same entries always give the same state.</summary>
public static class PolicyEvolver
{
    /// <summary>The state after one more entry.</summary>
    /// <exception cref="InvalidOperationException">
    /// The entry does not continue the journal, or cannot follow this state: the journal is damaged.
    /// </exception>
    public static PolicyState Evolve(PolicyState state, Recorded<PolicyEvent> entry)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Sequence != state.Version + 1)
        {
            throw new InvalidOperationException(
                $"Entry {entry.Sequence} of the policy does not follow version {state.Version}.");
        }

        return Apply(state, entry) with
        {
            Version = entry.Sequence,
            Requests = RequestMemory.After(state.Requests, entry, AnswerOf),
        };
    }

    private static PolicyState Apply(PolicyState state, Recorded<PolicyEvent> entry) => entry.Event switch
    {
        PolicyEvent.SettingsRecorded e => state with
        {
            Values = state.Values.SetItems(e.Values),
            PolicyVersion = entry.Sequence,
        },
        PolicyEvent.Tightened e => Changed(state, e.Changes, entry),
        PolicyEvent.Adopted e => Changed(
            Close(state, e.Consent.ProposalSequence, ProposalState.Executed), e.Changes, entry),
        PolicyEvent.Proposed e => state with
        {
            Proposal = new PolicyProposal(
                entry.Sequence, ProposalState.Open, e.Changes, e.Note, e.Digest, PersonOf(entry), entry.At, null,
                e.ExpiresAt),
        },
        PolicyEvent.Approved e => state with
        {
            Proposal = Pending(state, e.Sequence) with
            {
                State = ProposalState.Scheduled,
                ApprovedBy = PersonOf(entry),
                DueAt = e.EffectiveAt,
            },
        },
        PolicyEvent.ProposalClosed e => Close(state, e.Sequence, e.State),
        PolicyEvent.AttemptRefused => state with
        {
            RefusedCallers = state.RefusedCallers.With(entry.Actor, entry.At),
        },
        _ => throw new InvalidOperationException($"Unknown event {entry.Event.GetType().Name}."),
    };

    private static PolicyState Changed(
        PolicyState state, ImmutableArray<SettingChange> changes, Recorded<PolicyEvent> entry)
    {
        foreach (var change in changes)
        {
            if (state.Values.GetValueOrDefault(change.Name) != change.From)
            {
                throw new InvalidOperationException(
                    $"Entry {entry.Sequence} changes {change.Name} from a value that it did not have.");
            }
        }

        var values = state.Values.SetItems(
            changes.Select(static change => KeyValuePair.Create(change.Name, change.To)));
        return state with
        {
            Values = values,
            PolicyVersion = entry.Sequence,
            Proposal = state.Proposal?.Over(values),
        };
    }

    private static OperatorId PersonOf(Recorded<PolicyEvent> entry) => entry.Actor.Person
        ?? throw new InvalidOperationException($"Entry {entry.Sequence} needs a person as its actor.");

    private static PolicyProposal Pending(PolicyState state, long sequence) =>
        state.Proposal is { } proposal && proposal.Sequence == sequence
            ? proposal
            : throw new InvalidOperationException($"Proposal {sequence} of the policy is not pending.");

    private static PolicyState Close(PolicyState state, long sequence, ProposalState how)
    {
        _ = Pending(state, sequence);
        return state with
        {
            Proposal = null,
            ClosedProposals = ClosedProposal.Add(state.ClosedProposals, new(sequence, how)),
        };
    }

    private static (Outcome Outcome, long? Proposal, Refusal? Refusal) AnswerOf(Recorded<PolicyEvent> entry) =>
        entry.Event switch
        {
            PolicyEvent.AttemptRefused e => (Outcome.Refused, null, new Refusal(e.Reason, e.Message)),
            PolicyEvent.Proposed => (Outcome.Pending, entry.Sequence, null),
            PolicyEvent.Approved e => (Outcome.Pending, e.Sequence, null),
            PolicyEvent.ProposalClosed e => (Outcome.Done, e.Sequence, null),
            PolicyEvent.Adopted e => (Outcome.Done, e.Consent.ProposalSequence, null),
            _ => (Outcome.Done, null, null),
        };
}
