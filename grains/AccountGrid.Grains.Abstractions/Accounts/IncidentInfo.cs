using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>One interval in which an account was down.</summary>
/// <param name="From">When it went down.</param>
/// <param name="Until">When it came back; <c>null</c> = still down.</param>
/// <param name="Status">The gravest status it had meanwhile.</param>
/// <param name="Reason">The reason code of the first hold.</param>
/// <param name="PlacedBy">The actor that took it down, or proposed it.</param>
/// <param name="ApprovedBy">The second person of the first harm that had one.</param>
/// <param name="EndedBy">The actor that brought it back.</param>
/// <param name="Followers">Followers when it went down, as recorded; -1 = unknown.</param>
/// <param name="ReadsRefused">Public reads refused meanwhile: a lower bound.</param>
/// <param name="TraceIds">The traces of every step, in order, proposal, approval and refused attempts included.</param>
/// <param name="Sequences">The journal sequences of the same steps.</param>
[GenerateSerializer, Immutable, Alias("ag.incident")]
public sealed record IncidentInfo(
    [property: Id(0)] DateTimeOffset From,
    [property: Id(1)] DateTimeOffset? Until,
    [property: Id(2)] AccountStatus Status,
    [property: Id(3)] string Reason,
    [property: Id(4)] ActorInfo PlacedBy,
    [property: Id(5)] string? ApprovedBy,
    [property: Id(6)] ActorInfo? EndedBy,
    [property: Id(7)] long Followers,
    [property: Id(8)] long ReadsRefused,
    [property: Id(9)] ImmutableArray<string> TraceIds,
    [property: Id(10)] ImmutableArray<long> Sequences)
{
    /// <summary>
    /// Everyone who approved a harm of the incident, in order; default where a silo of an earlier version answers.
    /// </summary>
    [Id(11)]
    public ImmutableArray<string> Approvers { get; init; }
}
