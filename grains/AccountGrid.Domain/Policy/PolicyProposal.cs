using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>A change of the policy that waits for its second admin or for the end of its cool-off.</summary>
/// <param name="Sequence">The journal sequence that opened it: its id.</param>
/// <param name="State"><see cref="ProposalState.Open"/> or <see cref="ProposalState.Scheduled"/>.</param>
/// <param name="Changes">
/// Exactly what would change, in the order of the names: from the values of now to those that were proposed.
/// </param>
/// <param name="Note">The proposer's free text, or empty.</param>
/// <param name="Digest">
/// SHA-256 over proposer, changes and policy version, in lower-case hex; an approver may send it back.
/// </param>
/// <param name="ProposedBy">The first admin.</param>
/// <param name="ProposedAt">When it was proposed.</param>
/// <param name="ApprovedBy">The second admin, once approved.</param>
/// <param name="DueAt">
/// When it expires (<see cref="ProposalState.Open"/>) or takes effect (<see cref="ProposalState.Scheduled"/>).
/// </param>
public sealed record PolicyProposal(
    long Sequence, ProposalState State, ImmutableArray<SettingChange> Changes, string Note, string Digest,
    OperatorId ProposedBy, DateTimeOffset ProposedAt, OperatorId? ApprovedBy, DateTimeOffset DueAt)
{
    /// <summary>Whether any of the changes weakens: then it waits for a cool-off after its approval.</summary>
    public bool Weakens => Changes.Any(static change => change.Weakens);

    /// <summary>
    /// The same proposal over values that have changed since; what it would not change any more is gone.
    /// </summary>
    internal PolicyProposal Over(ImmutableSortedDictionary<string, string> values) => this with
    {
        Changes =
        [
            .. Changes.Select(change => change with { From = values.GetValueOrDefault(change.Name, change.From) })
                .Where(static change => change.From != change.To),
        ],
    };
}
