using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>What can be asked of the policy record. A closed hierarchy.</summary>
public abstract record PolicyCommand
{
    private PolicyCommand()
    {
    }

    /// <summary>The name, for journals, digests and metrics. It is stored: never change it.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Adds the fields that the caller chose to a request's digest, so that a request id with another body is a
    /// conflict. Digests are stored: never change what is added.
    /// </summary>
    internal virtual CanonicalWriter AddTo(CanonicalWriter digest) => digest;

    /// <summary>
    /// System: a silo's settings at its start. The first one records them all; later ones record what the record does
    /// not know yet, and tighten what the silo's configuration names and has stricter.
    /// </summary>
    /// <param name="Values">All settings of the silo, canonical, by name.</param>
    /// <param name="Named">Those that its configuration names; the others are defaults and tighten nothing.</param>
    public sealed record Configure(
        ImmutableSortedDictionary<string, string> Values, ImmutableHashSet<string> Named) : PolicyCommand
    {
        /// <inheritdoc/>
        public override string Name => "configure_policy";
    }

    /// <summary>Admin: propose other values. They take effect when another admin has approved them.</summary>
    /// <param name="Values">The values by name; what is not named stays as it is.</param>
    /// <param name="Note">Free text, or empty.</param>
    public sealed record Propose(ImmutableSortedDictionary<string, string> Values, string Note) : PolicyCommand
    {
        /// <inheritdoc/>
        public override string Name => "propose_policy";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => Values
            .Aggregate(
                digest.Add(Values.Count), static (writer, value) => writer.Add(value.Key).Add(value.Value))
            .Add(Note);
    }

    /// <summary>Be the second admin.</summary>
    /// <param name="Sequence">The proposal.</param>
    /// <param name="Digest">What the approver saw, if sent: a different one is refused.</param>
    /// <param name="Note">Free text, or empty.</param>
    public sealed record Approve(long Sequence, string? Digest, string Note) : PolicyCommand
    {
        /// <inheritdoc/>
        public override string Name => "approve_policy";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest.Add(Sequence).Add(Digest).Add(Note);
    }

    /// <summary>Turn a proposal down, also when it is approved and waits for the end of its cool-off.</summary>
    /// <param name="Sequence">The proposal.</param>
    /// <param name="Note">Free text, or empty.</param>
    public sealed record Reject(long Sequence, string Note) : PolicyCommand
    {
        /// <inheritdoc/>
        public override string Name => "reject_policy";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest.Add(Sequence).Add(Note);
    }

    /// <summary>Take one's own proposal back.</summary>
    /// <param name="Sequence">The proposal.</param>
    /// <param name="Note">Free text, or empty.</param>
    public sealed record Withdraw(long Sequence, string Note) : PolicyCommand
    {
        /// <inheritdoc/>
        public override string Name => "withdraw_policy";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest.Add(Sequence).Add(Note);
    }

    /// <summary>
    /// System: do what is due now: a proposal's expiry, the end of its cool-off, or its end with the authority of one
    /// of its admins.
    /// </summary>
    public sealed record FireDue : PolicyCommand
    {
        /// <inheritdoc/>
        public override string Name => "fire_due_policy";
    }
}
