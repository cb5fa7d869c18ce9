namespace AccountGrid.Grains;

/// <summary>Only accounts that exist take a place in memory; see <see cref="KnownAccountsDirector"/>.</summary>
[GenerateSerializer, Immutable, Alias("ag.KnownAccountsPlacement")]
public sealed class KnownAccountsPlacement : PlacementStrategy;
