using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>What a command would come to; nothing was written or reserved.</summary>
/// <param name="Outcome">Done, pending or refused.</param>
/// <param name="Account">The account now; <c>null</c> where there is none to show.</param>
/// <param name="After">The account as it would be; <c>null</c> where the command would be refused.</param>
/// <param name="ProposalSequence">The proposal that would be opened or acted on.</param>
/// <param name="Left">What is left of the budget that would pay; <c>null</c> where it would cost nothing now.</param>
/// <param name="Refusal">The refusal, or <c>null</c>.</param>
[GenerateSerializer, Immutable, Alias("ag.preview")]
public sealed record PreviewReply(
    [property: Id(0)] Outcome Outcome,
    [property: Id(1)] AccountInfo? Account,
    [property: Id(2)] AccountInfo? After,
    [property: Id(3)] long? ProposalSequence,
    [property: Id(4)] BudgetLeftInfo? Left,
    [property: Id(5)] RefusalInfo? Refusal);
