namespace AccountGrid.Domain;

/// <summary>Folds the brake's journal. Pure: the same entries always give the same state.</summary>
public static class BrakeEvolver
{
    /// <summary>The state after one more entry.</summary>
    /// <exception cref="InvalidOperationException">
    /// The entry does not continue the journal, or cannot follow this state: the journal is damaged.
    /// </exception>
    public static BrakeState Evolve(BrakeState state, Recorded<BrakeEvent> entry)
    {
        if (entry.Sequence != state.Version + 1)
        {
            throw new InvalidOperationException(
                $"Entry {entry.Sequence} of the brake does not follow version {state.Version}.");
        }

        return Apply(state, entry) with
        {
            Version = entry.Sequence,
            Requests = RequestMemory.After(state.Requests, entry, AnswerOf),
        };
    }

    private static BrakeState Apply(BrakeState state, Recorded<BrakeEvent> entry) => entry.Event switch
    {
        BrakeEvent.Engaged e => state with
        {
            Engagement = new(entry.At, e.Until, e.Harms, e.Reach, e.MaxHarms, e.MaxReach),
        },
        BrakeEvent.Released e when state.Engagement is not null && entry.Actor.Person is { } approver => state with
        {
            Engagement = null,
            Release = new(entry.At, approver, e.Note),
        },
        BrakeEvent.AttemptRefused => state with
        {
            RefusedCallers = state.RefusedCallers.With(entry.Actor, entry.At),
        },
        BrakeEvent.Released =>
            throw new InvalidOperationException($"Entry {entry.Sequence} of the brake releases what is not engaged."),
        _ => throw new InvalidOperationException($"Unknown event {entry.Event.GetType().Name}."),
    };

    private static (Outcome Outcome, long? Proposal, Refusal? Refusal) AnswerOf(Recorded<BrakeEvent> entry) =>
        entry.Event is BrakeEvent.AttemptRefused e
            ? (Outcome.Refused, null, new Refusal(e.Reason, e.Message))
            : (Outcome.Done, null, null);
}
