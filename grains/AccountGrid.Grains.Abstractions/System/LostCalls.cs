using Orleans.Runtime.Messaging;

namespace AccountGrid.Grains;

/// <summary>
/// Sends a call again whose silo went away or did not answer in time, while the cluster finds out and gives the grain
/// another place. Only for calls that may be repeated: reads, follows, and commands with a request id, which act once
/// however often they arrive.
/// </summary>
public static class LostCalls
{
    /// <summary>
    /// Attempts at most: with the pauses between them about 8 seconds, in which a silo that was killed is noticed and
    /// replaced.
    /// </summary>
    public const int Attempts = 12;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether a call failed on the way to its grain or back, so that it may have been carried out or not.
    /// </summary>
    /// <remarks>A new activation that cannot register itself in time fails its callers with its own cancellation, not
    /// with theirs.</remarks>
    public static bool IsLost(Exception failure) =>
        IsSiloGone(failure) || failure is TimeoutException or OperationCanceledException;

    /// <summary>
    /// Whether a call failed because its silo went away: it was never carried out, or what it changed in that silo's
    /// memory is gone with it.
    /// </summary>
    /// <remarks>
    /// On a silo that does not know yet that others have declared it dead, a new activation fails with the bare base
    /// class of Orleans' exceptions; those derived from it say something else, unless they are named here. A process
    /// outside the cluster cannot connect to the last silo that it knew when that is gone.
    /// </remarks>
    public static bool IsSiloGone(Exception failure) =>
        failure is SiloUnavailableException or OrleansMessageRejectionException or ConnectionFailedException
            || failure?.GetType() == typeof(OrleansException);

    /// <summary>
    /// Whether a call certainly never reached its grain: a silo refused to deliver the message, or there was no
    /// connection to send it over. The classes derived from the rejection say less; a silo that went away may have
    /// worked on the call.
    /// </summary>
    public static bool IsUndelivered(Exception failure) =>
        failure is ConnectionFailedException || failure?.GetType() == typeof(OrleansMessageRejectionException);

    /// <summary>
    /// Sends a command until there is an answer. One without a request id is sent again only if it was not delivered.
    /// </summary>
    /// <param name="call">Makes one attempt; the same request id each time.</param>
    /// <param name="hasRequestId">Whether the command acts once, however often it arrives.</param>
    /// <param name="mayRepeat">Whether a failure may be followed by another attempt at all.</param>
    /// <param name="clock">Measures the pauses.</param>
    /// <param name="cancellationToken">Ends the pauses too.</param>
    /// <returns>
    /// The answer, and whether an earlier attempt was lost that may still act. Where that is so, a refusal does not say
    /// that nothing was done: a silo that stood still may commit the first attempt after the second one was refused.
    /// </returns>
    public static async Task<(T Answer, bool MayHaveActed)> SendCommandAsync<T>(
        Func<Task<T>> call,
        bool hasRequestId,
        Func<Exception, bool> mayRepeat,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var mayHaveActed = false;
        var answer = await RepeatAsync(call, clock, cancellationToken, failure =>
        {
            mayHaveActed |= !IsUndelivered(failure);
            return (hasRequestId || IsUndelivered(failure)) && mayRepeat(failure);
        });
        return (answer, mayHaveActed);
    }

    /// <summary>
    /// Calls until there is an answer. The last failure is thrown as it is, and so is every other kind at once.
    /// </summary>
    /// <param name="call">Makes one attempt.</param>
    /// <param name="clock">Measures the pauses.</param>
    /// <param name="cancellationToken">Ends the pauses too: the caller's time is not exceeded.</param>
    /// <param name="mayRepeat">
    /// Whether a failure may be followed by another attempt; <see cref="IsLost"/> if <c>null</c>.
    /// </param>
    public static async Task<T> RepeatAsync<T>(
        Func<Task<T>> call, TimeProvider clock, CancellationToken cancellationToken,
        Func<Exception, bool>? mayRepeat = null)
    {
        ArgumentNullException.ThrowIfNull(call);
        mayRepeat ??= IsLost;
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (attempt < Attempts && mayRepeat(e) && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(pause, clock, cancellationToken);
            }

            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }
}
