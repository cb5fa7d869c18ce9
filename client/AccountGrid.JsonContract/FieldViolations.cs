namespace AccountGrid.JsonContract;

/// <summary>
/// Collects the fields of one request that break a rule, so that the answer names all of them. Allocates nothing while
/// there is none. Not thread-safe.
/// </summary>
public struct FieldViolations
{
    /// <summary>Violations collected at most; further ones are dropped.</summary>
    public const int Most = 20;

    private const int LongestField = 100;
    private List<FieldViolation>? _found;

    /// <summary>The violations in the order found; <c>null</c> for none.</summary>
    public readonly IReadOnlyList<FieldViolation>? Found => _found;

    /// <summary>Adds a violation.</summary>
    /// <param name="field">The field; cut to 100 characters.</param>
    /// <param name="rule">The rule that it breaks.</param>
    public void Add(string field, string rule)
    {
        ArgumentNullException.ThrowIfNull(field);
        _found ??= [];
        if (_found.Count < Most)
        {
            _found.Add(new FieldViolation(field.Length > LongestField ? field[..LongestField] : field, rule));
        }
    }
}
