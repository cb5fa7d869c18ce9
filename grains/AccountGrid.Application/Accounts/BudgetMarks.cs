using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>Derives the budget mark that stores keep beside an entry.</summary>
internal static class BudgetMarks
{
    /// <summary>The budget that an event counts against, or <c>null</c> where it harms no account.</summary>
    public static BudgetMark? Of(AccountEvent accountEvent) =>
        Budget.ChargeOf(accountEvent) is { } charge ? new(charge.By, ApproverOf(accountEvent), charge.Reach) : null;

    private static OperatorId? ApproverOf(AccountEvent accountEvent) => accountEvent switch
    {
        AccountEvent.HoldPlaced e => e.ApprovedBy,
        AccountEvent.SuspensionProlonged e => e.ApprovedBy,
        AccountEvent.Erased e => e.ApprovedBy,
        AccountEvent.ProtectionLowered e => e.ApprovedBy,
        AccountEvent.FollowerLossAllowed e => e.ApprovedBy,
        _ => null,
    };
}
