using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>What came of a command on the policy record.</summary>
[GenerateSerializer, Immutable, Alias("ag.policy-reply")]
public sealed record PolicyReply(
    [property: Id(0)] Outcome Outcome,
    [property: Id(1)] PolicyInfo? Policy,
    [property: Id(2)] long? ProposalSequence,
    [property: Id(3)] RefusalInfo? Refusal)
{
    /// <summary>The record as it would be, where the command was only validated and would not be refused.</summary>
    [Id(4)]
    public PolicyInfo? After { get; init; }
}
