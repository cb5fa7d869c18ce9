namespace AccountGrid.Grains;

/// <summary>What came of a request to release the brake.</summary>
/// <param name="Brake">The brake after it, where it could be had.</param>
/// <param name="Refusal">The refusal, or <c>null</c>.</param>
[GenerateSerializer, Immutable, Alias("ag.brake-reply")]
public sealed record BrakeReply([property: Id(0)] BrakeInfo? Brake, [property: Id(1)] RefusalInfo? Refusal);
