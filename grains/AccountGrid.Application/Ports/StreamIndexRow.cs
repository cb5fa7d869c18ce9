using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// What listing, search and due work need to know of a stream; derived from its journal and written with it. Closed
/// hierarchy.
/// </summary>
public abstract record StreamIndexRow
{
    private StreamIndexRow()
    {
    }

    /// <summary>The journal's length after the append.</summary>
    public required long Version { get; init; }

    /// <summary>A journal about the whole grid: no list shows it, so that stores keep no row.</summary>
    public sealed record None : StreamIndexRow;

    /// <summary>The row of an account.</summary>
    public sealed record Account : StreamIndexRow
    {
        /// <summary>The account.</summary>
        public required AccountId Id { get; init; }

        /// <summary>Its handle.</summary>
        public required string Handle { get; init; }

        /// <summary>Its derived status.</summary>
        public required AccountStatus Status { get; init; }

        /// <summary>
        /// Whether its journal says that it is protected: explicitly, or by a reach that it has or had. An account
        /// whose count is at the threshold is protected, too; that is a comparison with the follower count.
        /// </summary>
        public required bool Designated { get; init; }

        /// <summary>The pending proposal's sequence.</summary>
        public required long? ProposalSequence { get; init; }

        /// <summary>The pending proposal's proposer, where that is a person.</summary>
        public required OperatorId? ProposedBy { get; init; }

        /// <summary>When it has work that no request triggers.</summary>
        public required DateTimeOffset? DueAt { get; init; }
    }

    /// <summary>The row of an operator.</summary>
    public sealed record Operator : StreamIndexRow
    {
        /// <summary>The operator.</summary>
        public required OperatorId Id { get; init; }

        /// <summary>Whether the record has or will have due work; stores call the column freeze_pending.</summary>
        public required bool FreezePending { get; init; }

        /// <summary>
        /// Whether the only due work is that of a later end of authority. Rows of versions before 0.2 do not flag it.
        /// </summary>
        public bool IsFlaggedForEndOnly { get; init; }
    }
}
