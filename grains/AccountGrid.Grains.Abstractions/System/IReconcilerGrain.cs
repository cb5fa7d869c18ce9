namespace AccountGrid.Grains;

/// <summary>
/// Compares follower counts with their edges, at a bounded rate. One in the cluster, called by every silo, so that it
/// works as long as any silo lives. Key 0.
/// </summary>
[Alias("ag.IReconcilerGrain")]
public interface IReconcilerGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Compares as much as the time since the last call allows; returns at once if a call is under way.
    /// </summary>
    [Orleans.Concurrency.AlwaysInterleave, Alias("Tick")]
    Task TickAsync(CancellationToken cancellationToken);
}
