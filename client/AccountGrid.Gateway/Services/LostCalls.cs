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

    /// <summary>Whether a failure came about on the way to a grain, so that nobody knows whether the call was carried out.</summary>
    /// <remarks>
    /// A new activation that cannot register itself in time fails its callers with its own cancellation; one on a silo that others have declared dead, with the bare
    /// base class of Orleans' exceptions. Those derived from it say something else, unless they are named here.
    /// </remarks>
    public static bool IsOfTheWay(Exception failure) =>
        failure is SiloUnavailableException or OrleansMessageRejectionException or TimeoutException or OperationCanceledException
        || failure.GetType() == typeof(OrleansException);

    private static bool IsLost(Exception failure, CancellationToken cancellationToken) =>
        IsOfTheWay(failure) && !(failure is OperationCanceledException && cancellationToken.IsCancellationRequested);
}
