namespace AccountGrid.Application;

/// <summary>An entry, and the budget mark beside it as stored.</summary>
/// <param name="Committed">The entry.</param>
/// <param name="HarmBy">The column <c>harm_by</c>.</param>
/// <param name="HarmApprovedBy">The column <c>harm_approved_by</c>.</param>
/// <param name="HarmReach">The column <c>harm_reach</c>.</param>
public sealed record MarkedEntry(CommittedEntry Committed, string? HarmBy, string? HarmApprovedBy, long? HarmReach);
