using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>
/// Commands on the policy record, and how each becomes a command of the domain. A closed hierarchy.
/// </summary>
[GenerateSerializer, Immutable, Alias("ag.policy-command")]
public abstract record PolicyInput
{
    /// <summary>The domain's command.</summary>
    public abstract PolicyCommand ToCommand();

    /// <summary>The idempotency key, if sent.</summary>
    [Id(0)]
    public string? RequestId { get; init; }

    /// <summary>The etag, if sent.</summary>
    [Id(1)]
    public long? ExpectedPolicyVersion { get; init; }

    /// <summary>A silo's settings.</summary>
    [GenerateSerializer, Immutable, Alias("ag.policy-command.configure")]
    public sealed record Configure(
        [property: Id(0)] ImmutableArray<PolicyValueInfo> Values,
        [property: Id(1)] ImmutableArray<string> Named) : PolicyInput
    {
        /// <inheritdoc/>
        public override PolicyCommand ToCommand() => new PolicyCommand.Configure(ToValues(Values), [.. Named]);
    }

    /// <summary>Propose other values; of a name that is given twice, the last one.</summary>
    [GenerateSerializer, Immutable, Alias("ag.policy-command.propose")]
    public sealed record Propose(
        [property: Id(0)] ImmutableArray<PolicyValueInfo> Values,
        [property: Id(1)] string Note) : PolicyInput
    {
        /// <inheritdoc/>
        public override PolicyCommand ToCommand() => new PolicyCommand.Propose(ToValues(Values), Note);
    }

    /// <summary>Be the second admin.</summary>
    [GenerateSerializer, Immutable, Alias("ag.policy-command.approve")]
    public sealed record Approve(
        [property: Id(0)] long Sequence, [property: Id(1)] string? Digest, [property: Id(2)] string Note) : PolicyInput
    {
        /// <inheritdoc/>
        public override PolicyCommand ToCommand() => new PolicyCommand.Approve(Sequence, Digest, Note);
    }

    /// <summary>Turn a proposal down.</summary>
    [GenerateSerializer, Immutable, Alias("ag.policy-command.reject")]
    public sealed record Reject([property: Id(0)] long Sequence, [property: Id(1)] string Note) : PolicyInput
    {
        /// <inheritdoc/>
        public override PolicyCommand ToCommand() => new PolicyCommand.Reject(Sequence, Note);
    }

    /// <summary>Take one's own proposal back.</summary>
    [GenerateSerializer, Immutable, Alias("ag.policy-command.withdraw")]
    public sealed record Withdraw([property: Id(0)] long Sequence, [property: Id(1)] string Note) : PolicyInput
    {
        /// <inheritdoc/>
        public override PolicyCommand ToCommand() => new PolicyCommand.Withdraw(Sequence, Note);
    }

    /// <summary>Do what is due now.</summary>
    [GenerateSerializer, Immutable, Alias("ag.policy-command.fire-due")]
    public sealed record FireDue : PolicyInput
    {
        /// <inheritdoc/>
        public override PolicyCommand ToCommand() => new PolicyCommand.FireDue();
    }

    private static ImmutableSortedDictionary<string, string> ToValues(ImmutableArray<PolicyValueInfo> values) =>
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal)
            .SetItems(values.Select(static v => KeyValuePair.Create(v.Name, v.Value)));
}
