using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>What came of a command: refusals are values, so that they cross silos as they are.</summary>
/// <param name="Outcome">Done, pending or refused.</param>
/// <param name="Account">The account after the command; <c>null</c> where there is none to show.</param>
/// <param name="ProposalSequence">The proposal that was opened or acted on.</param>
/// <param name="Refusal">The refusal, or <c>null</c>.</param>
[GenerateSerializer, Immutable, Alias("ag.reply")]
public sealed partial record CommandReply(
    [property: Id(0)] Outcome Outcome,
    [property: Id(1)] AccountInfo? Account,
    [property: Id(2)] long? ProposalSequence,
    [property: Id(3)] RefusalInfo? Refusal)
{
    /// <summary>
    /// Whether the refusal stands in the journal under its request id, so that no attempt with that id is ever done;
    /// <c>false</c> where an older silo answers.
    /// </summary>
    [Id(4)]
    public bool IsFinal { get; init; }
}
