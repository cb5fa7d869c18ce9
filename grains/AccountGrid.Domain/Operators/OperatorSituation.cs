namespace AccountGrid.Domain;

/// <summary>What the decider needs to know beside the operator's own journal, gathered by the processor.</summary>
/// <param name="Now">The instant of deciding, UTC, whole microseconds.</param>
/// <param name="Policy">The tunable numbers.</param>
/// <param name="Authorities">
/// The answers to <see cref="OperatorDecider.PeopleConcerned"/>; a person who is missing has no authority.
/// </param>
/// <param name="Register">What the other records say, where <see cref="OperatorDecider.NeedsRegister"/>.</param>
public sealed record OperatorSituation(
    DateTimeOffset Now, OperatorPolicy Policy, IReadOnlyDictionary<OperatorId, Authority> Authorities,
    RegisterFacts Register)
{
    /// <summary>The authority of a person; none for a person who was not asked about.</summary>
    public Authority Of(OperatorId person) =>
        Authorities.TryGetValue(person, out var authority) ? authority : Authority.Unknown(person);
}
