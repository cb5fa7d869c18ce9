namespace AccountGrid.Client;

/// <summary>A field of a request that breaks a rule.</summary>
/// <param name="Field">The field's name as in JSON, such as <c>reviewAt</c> or <c>ids[3]</c>.</param>
/// <param name="Rule">The rule that it breaks.</param>
public sealed record AccountGridFieldViolation(string Field, string Rule);
