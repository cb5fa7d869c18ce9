using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>What became of a proposal that is no longer pending.</summary>
/// <param name="Sequence">Its opening sequence.</param>
/// <param name="State">How it ended.</param>
public sealed record ClosedProposal(long Sequence, ProposalState State)
{
    /// <summary>
    /// The closed proposals after one more: the last <see cref="Limits.RememberedProposals"/>, oldest first.
    /// </summary>
    internal static ImmutableArray<ClosedProposal> Add(ImmutableArray<ClosedProposal> known, ClosedProposal added) =>
        known.Length < Limits.RememberedProposals
            ? known.Add(added)
            : known.RemoveRange(0, known.Length - Limits.RememberedProposals + 1).Add(added);
}
