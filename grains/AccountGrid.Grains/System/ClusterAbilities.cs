namespace AccountGrid.Grains;

/// <summary>What the silos of the cluster say that they can host, by which silos of older versions are told.</summary>
internal static class ClusterAbilities
{
    /// <summary>Whether every silo of the cluster can host a type of grain.</summary>
    public static bool EverySiloHosts(this IClusterManifestProvider manifests, string grainType)
    {
        var type = GrainType.Create(grainType);
        foreach (var silo in manifests.Current.Silos.Values)
        {
            if (!silo.Grains.ContainsKey(type))
            {
                return false;
            }
        }

        return true;
    }
}
