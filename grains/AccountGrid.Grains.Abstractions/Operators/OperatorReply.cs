using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>What came of an operator command.</summary>
[GenerateSerializer, Immutable, Alias("ag.operator-reply")]
public sealed record OperatorReply([property: Id(0)] OperatorInfo? Operator, [property: Id(1)] RefusalInfo? Refusal)
{
    /// <summary>What it came to; <see cref="Outcome.Done"/> or a refusal where an older silo answers.</summary>
    [Id(2)]
    public Outcome Outcome { get; init; } = Outcome.Done;

    /// <summary>The proposal opened or acted on.</summary>
    [Id(3)]
    public long? ProposalSequence { get; init; }

    /// <summary>The operator as it would be, where the command was only validated and would not be refused.</summary>
    [Id(4)]
    public OperatorInfo? After { get; init; }
}
