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
    private bool _isAtWork;

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
    public async Task TickAsync(CancellationToken cancellationToken)
    {
        if (_isAtWork)
        {
            return;
        }

        _isAtWork = true;
        try
        {
            await reconciler.TickAsync(cancellationToken);
        }
        finally
        {
            _isAtWork = false;
        }
    }
}
