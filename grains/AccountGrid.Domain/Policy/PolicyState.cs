using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>Everything that the journal says about the policy; immutable.</summary>
public sealed record PolicyState
{
    /// <summary>The state before the first entry: nothing is recorded.</summary>
    public static PolicyState Unrecorded { get; } = new();

    /// <summary>
    /// The values by the settings' names; also those of settings that this program does not know, because a later
    /// version recorded them.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Values { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The journal's length; 0 = nothing is recorded.</summary>
    public long Version { get; init; }

    /// <summary>
    /// The sequence of the last event that changed a value. The wire's <c>etag</c>, and what a proposal is bound to.
    /// </summary>
    public long PolicyVersion { get; init; }

    /// <summary>The one change that waits for its second admin or its cool-off.</summary>
    public PolicyProposal? Proposal { get; init; }

    /// <summary>The last closed proposals, oldest first, at most <see cref="Limits.RememberedProposals"/>.</summary>
    public ImmutableArray<ClosedProposal> ClosedProposals { get; init; } = [];

    /// <summary>The last request ids, oldest first; bounded by <see cref="RequestMemory"/>.</summary>
    public ImmutableArray<RememberedRequest> Requests { get; init; } = [];

    /// <summary>The callers with entries of refused attempts within the window.</summary>
    public ImmutableArray<RefusedCaller> RefusedCallers { get; init; } = [];

    /// <summary>The recorded numbers; the defaults where this program knows no recorded value.</summary>
    public GridPolicy Policy => PolicySettings.Apply(GridPolicy.Default, Values);
}
