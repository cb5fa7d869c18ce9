using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>What came of an operator command.</summary>
/// <param name="View">The operator after it.</param>
/// <param name="Refusal">Why not, or <c>null</c>.</param>
public sealed record OperatorResult(OperatorView View, Refusal? Refusal);
