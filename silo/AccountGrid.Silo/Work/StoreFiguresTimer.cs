using AccountGrid.Application;

namespace AccountGrid.Silo;

/// <summary>
/// Reads what the store knows of the whole cluster for the metrics: every five seconds, and less often where that takes long, so that it never has more than a
/// twentieth of one of the store's readers.
/// </summary>
internal sealed class StoreFiguresTimer(IServiceProvider services, TimeProvider clock) : BackgroundService
{
    private const int Share = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Resolved only now, when somebody listens to what they begin with.
        _ = services.GetRequiredService<ApplicationDiagnostics>();
        var figures = services.GetRequiredService<StoreFigures>();
        try
        {
            while (true)
            {
                var start = clock.GetTimestamp();
                await figures.SampleAsync(stoppingToken);
                var pause = clock.GetElapsedTime(start) * Share;
                await Task.Delay(pause > Interval ? pause : Interval, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }
}
