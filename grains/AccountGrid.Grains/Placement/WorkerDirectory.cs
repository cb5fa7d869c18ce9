using System.Diagnostics.CodeAnalysis;
using Orleans.GrainDirectory;
using Orleans.Metadata;
using Orleans.Runtime.GrainDirectory;
using Orleans.Runtime.Placement;

namespace AccountGrid.Grains;

/// <summary>
/// The directory of grains whose placement uses none, which are the stateless workers: always empty. Without it Orleans
/// looks a worker up in the distributed directory before its first activation in a silo. Where another silo owns that
/// part of the directory and stands still, the call waits until that silo is declared dead. Thread-safe.
/// </summary>
public sealed class WorkerDirectory(PlacementStrategyResolver strategies) : IGrainDirectoryResolver, IGrainDirectory
{
    /// <inheritdoc />
    public bool TryResolveGrainDirectory(
        GrainType grainType, GrainProperties? properties, [NotNullWhen(true)] out IGrainDirectory? grainDirectory)
    {
        grainDirectory = strategies.GetPlacementStrategy(grainType).IsUsingGrainDirectory ? null : this;
        return grainDirectory is not null;
    }

    /// <inheritdoc />
    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult<GrainAddress?>(null);

    /// <inheritdoc />
    /// <remarks>Never called by Orleans for such a grain; the address is answered as if it were the first.</remarks>
    public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(address);

    /// <inheritdoc />
    public Task Unregister(GrainAddress address) => Task.CompletedTask;

    /// <inheritdoc />
    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;
}
