using AccountGrid.Application;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;

namespace AccountGrid.Grains;

/// <summary>
/// Makes the boundary of MACs, and compares the journals with the checkpoints outside and with what stands beside them.
/// Silos of the version before have no such grain, and that is how it is known whether every silo writes MACs: by what
/// each of them says that it can host.
/// </summary>
[PreferLocalPlacement, GrainType(Type)]
public sealed class IntegrityGrain(
    IServiceProvider services, CheckpointMaker maker, ICheckpointStore checkpoints, IClusterManifestProvider manifests,
    DerivedWatch watch, DerivedMeters meters)
    : Grain, IIntegrityGrain
{
    private const string Type = "integrity";

    // A host without MACs has none to ask for.
    private readonly MacBoundaries? _macs = services.GetService<MacBoundaries>();
    private readonly OneAtATime _making = new();
    private readonly OneAtATime _comparing = new();

    /// <inheritdoc />
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        meters.Begin();
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        meters.End();
        return watch.EndAsync();
    }

    /// <inheritdoc />
    public Task CompareAsync(CancellationToken cancellationToken) =>
        _comparing.RunAsync(() => watch.TickAsync(cancellationToken));

    /// <inheritdoc />
    public Task TickAsync(CancellationToken cancellationToken) =>
        _macs is null || _macs.Macs.HasOwnBoundary || !manifests.EverySiloHosts(Type)
            ? Task.CompletedTask
            : _making.RunAsync(() => Task.Run(() => MakeAsync(_macs, cancellationToken), cancellationToken));

    /// <summary>The boundary stands behind a checkpoint, so that what may lack a MAC is under a signed root.</summary>
    private async Task MakeAsync(MacBoundaries macs, CancellationToken cancellationToken)
    {
        await maker.MakeAsync(cancellationToken);
        var last = await checkpoints.ReadLastAsync(cancellationToken);
        await macs.MakeAsync(last?.Checkpoint.Position ?? 0, cancellationToken);
    }
}
