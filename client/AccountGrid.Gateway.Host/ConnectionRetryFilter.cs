namespace AccountGrid.Gateway.Host;

/// <summary>
/// Retries the connection to the cluster until it succeeds: start order does not matter.
/// </summary>
internal sealed partial class ConnectionRetryFilter(
    TimeProvider clock, ILogger<ConnectionRetryFilter> log) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        NotReached(log, exception.Message);
        await Task.Delay(Pause, clock, cancellationToken);
        return true;
    }

    [LoggerMessage(
        4001, LogLevel.Warning, "The cluster is not there yet, or no silo takes clients (--gateway-port): {Why}")]
    private static partial void NotReached(ILogger logger, string why);
}
