namespace AccountGrid.Domain;

/// <summary>
/// An explicit protection, apart from reach. It has an owner and a review date, so that lists do not rot.
/// </summary>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Reason">The reason code.</param>
/// <param name="At">When it was raised.</param>
/// <param name="ReviewAt">When the protection is due for review; it does not end by itself.</param>
public sealed record Designation(OperatorId Owner, string Reason, DateTimeOffset At, DateTimeOffset ReviewAt);
