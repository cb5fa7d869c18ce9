using AccountGrid.Grains;

namespace AccountGrid.Silo;

/// <summary>Asks for a checkpoint at every interval; where nothing was appended, none is made.</summary>
internal sealed partial class CheckpointTimer(IGrainFactory grains, CheckpointSettings settings, TimeProvider clock, ILogger<CheckpointTimer> log)
    : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await MakeAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops; the last checkpoint is made when nothing can be appended any more.
        }
    }

    private async Task MakeAsync(CancellationToken stoppingToken)
    {
        try
        {
            await grains.GetGrain<IAuditGrain>(0).MakeCheckpointAsync(stoppingToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            Failed(log, e);
        }
    }

    [LoggerMessage(3201, LogLevel.Warning, "No checkpoint was made; the next interval tries again.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
