using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>One operator as the grain answers it.</summary>
[GenerateSerializer, Immutable, Alias("ag.operator")]
public sealed record OperatorInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] string DisplayName,
    [property: Id(2)] Roles Roles,
    [property: Id(3)] Standing Standing,
    [property: Id(4)] DateTimeOffset? AuthorityEndsAt,
    [property: Id(5)] long Version,
    [property: Id(6)] int HarmsInWindow,
    [property: Id(7)] long ReachInWindow,
    [property: Id(8)] bool FreezePending)
{
    /// <summary>The directory's id of the human being, or <c>null</c>.</summary>
    [Id(9)]
    public string? PersonId { get; init; }

    /// <summary>The sequence of the last change of power: the etag.</summary>
    [Id(10)]
    public long PowerVersion { get; init; }

    /// <summary>The change of power that waits.</summary>
    [Id(11)]
    public PowerProposalInfo? Proposal { get; init; }

    /// <summary>Whether what the person has pending is to be voided now.</summary>
    [Id(12)]
    public bool MustFreeze { get; init; }
}
