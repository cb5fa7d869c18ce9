using AccountGrid.Application;

namespace AccountGrid.Silo;

/// <summary>
/// Makes the last checkpoint when the silo has stopped and the store is still open: registered before the silo, so that
/// it stops after it.
/// </summary>
internal sealed partial class LastCheckpoint(IServiceProvider services, ILogger<LastCheckpoint> log) : IHostedService
{
    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Resolved only now: the key it signs with is made after the directory was locked.
            await services.GetRequiredService<CheckpointMaker>().MakeAsync(cancellationToken);
        }
#pragma warning disable CA1031 // The stop goes on after any failure: what was acknowledged is durable without it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(log, e);
        }
    }

    [LoggerMessage(3210, LogLevel.Error,
        "The last checkpoint was not made; the next start covers what it would have covered.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
