using System.Diagnostics.CodeAnalysis;

namespace AccountGrid.Domain;

/// <summary>
/// Names a person who may act on accounts: the subject of that person's verified token. 1 to 128 characters of <c>A-Z
/// a-z 0-9 . _ - @ : | +</c>, the first a letter or digit; case counts. Whether two ids may belong to one person is a
/// wider question, which <see cref="SamePerson"/> answers.
/// </summary>
public readonly record struct OperatorId
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxLength = 128;

    private readonly string? _value;

    private OperatorId(string value) => _value = value;

    /// <summary>The subject.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default(OperatorId)</c>.</exception>
    public string Value => _value ?? throw new InvalidOperationException("default(OperatorId) is not an operator id.");

    /// <summary>Reads an operator id, refusing any character outside the documented set.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out OperatorId id)
    {
        id = default;
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength || !char.IsAsciiLetterOrDigit(text[0]))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !".-_@:|+".Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        id = new OperatorId(text);
        return true;
    }

    /// <summary>Reads an operator id that is known to be well formed.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static OperatorId Parse(string text) =>
        TryParse(text, out var id)
            ? id
            : throw new FormatException("An operator id is 1 to 128 characters of A-Z a-z 0-9 . _ - @ : | +");

    /// <summary>The subject.</summary>
    public override string ToString() => _value ?? "";
}
