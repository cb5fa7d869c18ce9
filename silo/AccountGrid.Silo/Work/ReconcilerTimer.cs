using AccountGrid.Application;
using AccountGrid.Grains;

namespace AccountGrid.Silo;

/// <summary>Pokes the cluster's reconciler every second, from every silo where it is on, so that it lives as long as any of them does.</summary>
internal sealed partial class ReconcilerTimer(IGrainFactory grains, ReconcilerSettings settings, TimeProvider clock, ILogger<ReconcilerTimer> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Enabled)
        {
            return;
        }

        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TickAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task TickAsync(CancellationToken stoppingToken)
    {
        try
        {
            await grains.GetGrain<IReconcilerGrain>(0).TickAsync(stoppingToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            Failed(log, e);
        }
    }

    [LoggerMessage(3111, LogLevel.Warning, "Counts were not compared with their edges; the next second tries again.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
