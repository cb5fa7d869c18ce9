using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// The budget that a harmful entry counts against, so that budgets and undo are derived from the journal.
/// </summary>
/// <param name="Person">The person whose budget it is: the proposer.</param>
/// <param name="ApprovedBy">The second person.</param>
/// <param name="Reach">Followers charged; 0 where a second person approved.</param>
public sealed record BudgetMark(OperatorId Person, OperatorId? ApprovedBy, long Reach);
