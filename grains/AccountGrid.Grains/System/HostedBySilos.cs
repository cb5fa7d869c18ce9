namespace AccountGrid.Grains;

/// <summary>
/// What every silo of the cluster can do, by the grains that each of them says it can host: a silo of a version before
/// a new grain has it not, and neither can it read what comes with it.
/// </summary>
internal static class HostedBySilos
{
    /// <summary>Whether every silo hosts a grain.</summary>
    /// <param name="manifests">What the silos say.</param>
    /// <param name="grainType">The grain's type.</param>
    public static bool All(IClusterManifestProvider manifests, string grainType) =>
        manifests.Current.Silos.Values.All(silo => silo.Grains.ContainsKey(GrainType.Create(grainType)));
}
