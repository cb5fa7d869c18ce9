using System.Collections.Frozen;

namespace AccountGrid.Domain;

/// <summary>What the decider needs to know beside the account's own journal, gathered by the processor.</summary>
/// <param name="Now">The instant of deciding, UTC, whole microseconds.</param>
/// <param name="Followers">Followers now; <c>null</c> when the ledger cannot say.</param>
/// <param name="Policy">The tunable numbers.</param>
/// <param name="Authorities">
/// The answers to <see cref="AccountDecider.Questions"/>; a person who is missing has no authority.
/// </param>
public sealed record Situation(
    DateTimeOffset Now, long? Followers, AccountPolicy Policy, IReadOnlyDictionary<OperatorId, Authority> Authorities)
{
    /// <summary>
    /// Why the harm of the service concerned is over its budget; <c>null</c> when it fits or no service is concerned.
    /// </summary>
    public Refusal? ServiceBudget { get; init; }

    /// <summary>
    /// Until when the brake over the grid is engaged, so that every harm takes two people; <c>null</c> while it is not,
    /// and where it was not asked because the decision harms nothing with one identity alone.
    /// </summary>
    public DateTimeOffset? BrakedUntil { get; init; }

    /// <summary>No people concerned.</summary>
    public static IReadOnlyDictionary<OperatorId, Authority> NoAuthorities { get; } =
        FrozenDictionary<OperatorId, Authority>.Empty;

    /// <summary>
    /// The refused attempts of the caller that have no entry yet; <c>null</c> where there are none.
    /// </summary>
    public CountedRefusals? Counted { get; init; }

    /// <summary>
    /// Whether the actor who proposed something and the operator who approves it may be one person, by their subjects
    /// or by the directory's ids in their records.
    /// </summary>
    public bool MayBeSamePerson(Actor proposer, OperatorId approver) =>
        proposer.Person is { } first
            ? SamePerson.MayBe(first, Of(first).PersonId, approver, Of(approver).PersonId)
            : SamePerson.MayBe(proposer, approver);

    /// <summary>Why the harm of a person or a service is over budget; <c>null</c> when it fits.</summary>
    public Refusal? BudgetOf(Actor actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return actor.Kind == ActorKind.Service ? ServiceBudget
            : actor.Person is { } person ? Of(person).Budget
            : null;
    }

    /// <summary>The authority of a person; none for a person who was not asked about.</summary>
    public Authority Of(OperatorId person) =>
        Authorities.TryGetValue(person, out var authority) ? authority : Authority.Unknown(person);
}
