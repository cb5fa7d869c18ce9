namespace AccountGrid.Grains;

/// <summary>
/// Sees to it that what is not the journal is checked against it. One in the cluster, called by every silo, so that it
/// works as long as any silo lives. Key 0.
/// </summary>
[Alias("ag.IIntegrityGrain")]
public interface IIntegrityGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Makes the boundary from which on every entry needs a MAC, once every silo of the cluster writes MACs. Returns at
    /// once if it is made, or a call is under way.
    /// </summary>
    [Orleans.Concurrency.AlwaysInterleave, Alias("Tick")]
    Task TickAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Computes again as many index rows and budget marks as the time since the last call allows; returns at once if a
    /// call is under way.
    /// </summary>
    [Orleans.Concurrency.AlwaysInterleave, Alias("Compare")]
    Task CompareAsync(CancellationToken cancellationToken);
}
