using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>Which accounts to list.</summary>
[GenerateSerializer, Immutable, Alias("ag.account-filter")]
public sealed record AccountFilterInput(
    [property: Id(0)] AccountStatus? Status, [property: Id(1)] Tier? Tier, [property: Id(2)] string? HandlePrefix);
