using Orleans.Placement;

namespace AccountGrid.Grains;

/// <summary>Places a grain by <see cref="KnownAccountsPlacement"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KnownAccountsPlacementAttribute() : PlacementAttribute(new KnownAccountsPlacement());
