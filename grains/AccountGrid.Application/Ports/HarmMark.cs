using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>Who caused a harm, so that budgets and undo can be derived from the journal.</summary>
/// <param name="Person">The person who pays: the proposer.</param>
/// <param name="ApprovedBy">The second person.</param>
/// <param name="Reach">Followers charged; 0 where a second person approved.</param>
public sealed record HarmMark(OperatorId Person, OperatorId? ApprovedBy, long Reach);
