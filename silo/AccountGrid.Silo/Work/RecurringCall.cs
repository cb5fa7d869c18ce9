namespace AccountGrid.Silo;

/// <summary>
/// Calls a grain at every interval until the silo stops. Every silo does so, and the grain, which is one in the
/// cluster, works as long as any silo lives. A call that fails is logged; the next interval tries again.
/// </summary>
/// <param name="name">What the call does, as the log says it.</param>
/// <param name="interval">
/// From one call to the next; the first comes one interval after the start. A call that takes longer delays the next
/// one.
/// </param>
/// <param name="call">The call. It is cancelled 2 s after the silo was told to stop.</param>
/// <param name="grains">Makes the reference that is called.</param>
/// <param name="clock">Measures the interval.</param>
/// <param name="log">Where a call that failed is named.</param>
internal sealed partial class RecurringCall(
    string name, TimeSpan interval, Func<IGrainFactory, CancellationToken, Task> call, IGrainFactory grains,
    TimeProvider clock, ILogger<RecurringCall> log) : BackgroundService
{
    /// <summary>Adds such a call to a silo.</summary>
    // Not by AddHostedService, which adds a type only once.
    public static void Add(
        IServiceCollection services, string name, TimeSpan interval,
        Func<IGrainFactory, CancellationToken, Task> call) =>
        services.AddSingleton<IHostedService>(
            provider => ActivatorUtilities.CreateInstance<RecurringCall>(provider, name, interval, call));

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        using var late = new LateCancellation(clock, stoppingToken);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await CallAsync(late.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task CallAsync(CancellationToken cancellationToken)
    {
        try
        {
            await call(grains, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Failed(log, e, name, interval);
        }
    }

    [LoggerMessage(3101, LogLevel.Warning, "{Work} failed; the next try is in {Interval}.")]
    private static partial void Failed(ILogger logger, Exception exception, string work, TimeSpan interval);
}
