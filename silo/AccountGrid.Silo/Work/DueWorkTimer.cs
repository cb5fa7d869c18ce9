using AccountGrid.Grains;

namespace AccountGrid.Silo;

/// <summary>Pokes the cluster's due-work grain every second, from every silo, so that it lives as long as any of them does.</summary>
internal sealed partial class DueWorkTimer(IGrainFactory grains, TimeProvider clock, ILogger<DueWorkTimer> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                await TickAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
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
            await grains.GetGrain<IDueWorkGrain>(0).TickAsync(stoppingToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            Failed(log, e);
        }
    }

    [LoggerMessage(3101, LogLevel.Warning, "Due work was not looked for; the next second tries again.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
