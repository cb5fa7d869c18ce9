using AccountGrid.Application;

namespace AccountGrid.Silo;

/// <summary>
/// Reads the metrics that describe the whole cluster from the store: every five seconds, or less often where reading
/// takes long, so that it uses at most a twentieth of one of the store's readers.
/// </summary>
internal sealed class StoreFiguresTimer(IServiceProvider services, TimeProvider clock) : BackgroundService
{
    private const int Share = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Resolved only now, when the metrics listener is there: it must see their first values.
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
