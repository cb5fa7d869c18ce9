namespace AccountGrid.JsonContract;

/// <summary>One field and the rule that it breaks.</summary>
/// <param name="Field">In lower camel case, with indexes: <c>accounts[3].id</c>.</param>
/// <param name="Rule">The rule, as the end of a sentence that begins with the field.</param>
public readonly record struct FieldViolation(string Field, string Rule);
