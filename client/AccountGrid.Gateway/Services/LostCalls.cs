namespace AccountGrid.Gateway;

/// <summary>
/// Sends a call again whose silo went away or did not answer in time, while the cluster finds out and gives the account another place. For calls that may be repeated only:
/// reads, and commands with a request id, which act once however often they arrive.
/// </summary>
internal static class LostCalls
{
    /// <summary>Attempts at most: with the pauses between them about 8 seconds, in which a silo that was killed is noticed and replaced.</summary>
    public const int Attempts = 12;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Calls until there is an answer. The last failure is thrown as it is, and so is every other kind at once.</summary>
    /// <param name="call">Makes one attempt.</param>
    /// <param name="clock">Measures the pauses.</param>
    /// <param name="cancellationToken">Ends the pauses too: the caller's time is not exceeded.</param>
    public static async Task<T> RepeatAsync<T>(Func<Task<T>> call, TimeProvider clock, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (attempt < Attempts && IsLost(e, cancellationToken))
            {
                await Task.Delay(pause, clock, cancellationToken);
            }

            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>A new activation that cannot register itself in time fails its callers with its own cancellation, not with theirs.</summary>
    private static bool IsLost(Exception failure, CancellationToken cancellationToken) =>
        failure is SiloUnavailableException or OrleansMessageRejectionException or TimeoutException
        || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
