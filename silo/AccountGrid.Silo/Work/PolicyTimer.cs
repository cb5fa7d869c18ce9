using AccountGrid.Grains;

namespace AccountGrid.Silo;

/// <summary>Follows the policy record, and completes it, at the start and every second until the silo stops.</summary>
internal sealed class PolicyTimer(IServiceProvider services, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Resolved only now, when the metrics listener is there: it must see their first values.
        var watch = services.GetRequiredService<PolicyWatch>();
        using var timer = new PeriodicTimer(Interval, clock);
        using var late = new LateCancellation(clock, stoppingToken);
        try
        {
            do
            {
                await watch.TickAsync(late.Token);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }
}
