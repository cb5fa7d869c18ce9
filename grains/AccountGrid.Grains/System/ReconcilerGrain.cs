using AccountGrid.Application;
using Orleans.Placement;

namespace AccountGrid.Grains;

/// <summary>
/// The one place in the cluster where counts are compared with their edges. What it found is forgotten when its silo
/// ends, and found again within a round.
/// </summary>
[PreferLocalPlacement, GrainType("reconciler")]
public sealed class ReconcilerGrain(FollowerReconciler reconciler, ReconcilerMeters meters) : Grain, IReconcilerGrain
{
    private readonly OneAtATime _work = new();

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
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task TickAsync(CancellationToken cancellationToken) =>
        _work.RunAsync(() => reconciler.TickAsync(cancellationToken));
}
