namespace AccountGrid.Gateway.Validation;

/// <summary>One term of a filter.</summary>
/// <param name="Field">The field, in lower snake case.</param>
/// <param name="Operator"><c>=</c>, <c>&gt;=</c> or <c>&lt;</c>.</param>
/// <param name="Value">The value, without its quotes.</param>
internal readonly record struct FilterTerm(string Field, string Operator, string Value);
