namespace AccountGrid.Cli.Commands;

/// <summary>Builds a listing's filter: terms joined by AND.</summary>
internal sealed class FilterText
{
    private readonly List<string> _terms = [];

    /// <summary>Adds <c>field = VALUE</c>; nothing for <c>null</c>.</summary>
    public FilterText Is(string field, string? value)
    {
        if (value is not null)
        {
            _terms.Add($"{field} = {value}");
        }

        return this;
    }

    /// <summary>Adds <c>field = "value"</c>; nothing for <c>null</c>.</summary>
    /// <exception cref="CliException">The value cannot stand between quotes.</exception>
    public FilterText IsText(string field, string? value) => Compare(field, "=", value);

    /// <summary>Adds <c>field op "value"</c>; nothing for <c>null</c>.</summary>
    /// <exception cref="CliException">The value cannot stand between quotes.</exception>
    public FilterText Compare(string field, string op, string? value)
    {
        if (value is null)
        {
            return this;
        }

        if (value.AsSpan().ContainsAny('"', '\\') || value.Any(char.IsControl))
        {
            throw CliException.Usage($"--{field}: must not hold quotes, backslashes or control characters.");
        }

        _terms.Add($"{field} {op} \"{value}\"");
        return this;
    }

    /// <summary>The filter; empty for none.</summary>
    public override string ToString() => string.Join(" AND ", _terms);
}
