namespace AccountGrid.Gateway.Host;

/// <summary>At the start, tries to reach the cluster until it is there: who comes first, the silos or the gateway, is nobody's business.</summary>
internal sealed partial class KeepTrying(TimeProvider clock, ILogger<KeepTrying> log) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        NotReached(log, exception.Message);
        await Task.Delay(Pause, clock, cancellationToken);
        return true;
    }

    [LoggerMessage(4001, LogLevel.Warning, "The cluster is not there yet, or no silo takes clients (--gateway-port): {Why}")]
    private static partial void NotReached(ILogger logger, string why);
}
