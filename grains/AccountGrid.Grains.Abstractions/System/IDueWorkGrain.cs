namespace AccountGrid.Grains;

/// <summary>
/// Calls accounts that have due work. One in the cluster, called by every silo, so that it works as long as any silo
/// lives. Key 0.
/// </summary>
[Alias("ag.IDueWorkGrain")]
public interface IDueWorkGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Looks for due accounts and unfinished offboardings and works them off; returns at once if a round is under way.
    /// </summary>
    [Orleans.Concurrency.AlwaysInterleave, Alias("Tick")]
    Task TickAsync(CancellationToken cancellationToken);
}
