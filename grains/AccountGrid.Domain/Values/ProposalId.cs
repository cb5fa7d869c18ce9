using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AccountGrid.Domain;

/// <summary>
/// Names a proposal: the account it is about and the journal sequence of the event that opened it, written
/// <c>25073877-7</c>. The account is part of the name so that a proposal is found without a directory of proposals.
/// </summary>
/// <param name="Account">The account that the proposal would harm.</param>
/// <param name="Sequence">The journal sequence of the opening event, 1 or more.</param>
public readonly record struct ProposalId(AccountId Account, long Sequence)
{
    /// <summary>Reads <c>account-sequence</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ProposalId id)
    {
        id = default;
        var dash = text?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        if (text is null || dash <= 0 || !AccountId.TryParse(text[..dash], out var account)
            || !AccountId.TryParse(text[(dash + 1)..], out var sequence))
        {
            return false;
        }

        id = new ProposalId(account, sequence.Value);
        return true;
    }

    /// <summary>The form <c>account-sequence</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Account}-{Sequence}");
}
