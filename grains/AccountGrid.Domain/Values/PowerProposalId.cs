using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AccountGrid.Domain;

/// <summary>
/// Names a proposal about an operator's power: the operator and the journal sequence of the event that opened it,
/// written <c>kim~7</c>. The tilde occurs in no operator id and in no <see cref="ProposalId"/>, so that one text tells
/// the kinds apart.
/// </summary>
/// <param name="Operator">The operator whose power would change.</param>
/// <param name="Sequence">The journal sequence of the opening event, 1 or more.</param>
public readonly record struct PowerProposalId(OperatorId Operator, long Sequence)
{
    /// <summary>Reads <c>operator~sequence</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PowerProposalId id)
    {
        id = default;
        var tilde = text?.LastIndexOf('~') ?? -1;
        if (text is null || tilde <= 0 || !OperatorId.TryParse(text[..tilde], out var person)
            || !AccountId.TryParse(text[(tilde + 1)..], out var sequence))
        {
            return false;
        }

        id = new PowerProposalId(person, sequence.Value);
        return true;
    }

    /// <summary>The form <c>operator~sequence</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Operator}~{Sequence}");
}
