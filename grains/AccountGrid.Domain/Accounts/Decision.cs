using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>What the decider says. Only <see cref="Accepted"/> and recorded refusals have events to append.</summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>It happens, once the events are appended.</summary>
    /// <param name="Events">To append, in order; empty when there was nothing to do.</param>
    /// <param name="Outcome"><see cref="Outcome.Done"/> or <see cref="Outcome.Pending"/>.</param>
    /// <param name="ProposalSequence">The proposal opened or acted on.</param>
    /// <param name="Charged">
    /// The person or the service whose budget pays for a harm that happens now; all other reservations are released.
    /// </param>
    public sealed record Accepted(
        ImmutableArray<AccountEvent> Events, Outcome Outcome, long? ProposalSequence = null,
        Actor? Charged = null) : Decision;

    /// <summary>It does not happen.</summary>
    /// <param name="Refusal">The reason.</param>
    /// <param name="Events">What the journal records of the attempt, if anything.</param>
    /// <param name="IsCounted">
    /// Whether the attempt has no entry of its own because its caller has had enough of them; it is to be counted, and
    /// told with <see cref="Situation.Counted"/>.
    /// </param>
    public sealed record Refused(Refusal Refusal, ImmutableArray<AccountEvent> Events, bool IsCounted = false)
        : Decision;

    /// <summary>The same request was answered before: answer it the same way, change nothing.</summary>
    public sealed record Replayed(RememberedRequest Request) : Decision;
}
