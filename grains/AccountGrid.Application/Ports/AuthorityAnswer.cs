using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>An answer.</summary>
/// <param name="Authority">What the person may do.</param>
/// <param name="Reservation">The reservation to settle, or <c>null</c>.</param>
public sealed record AuthorityAnswer(Authority Authority, long? Reservation)
{
    /// <summary>What is left of the payer's budget, where it was asked for without a reservation.</summary>
    public BudgetLeft? Left { get; init; }
}
