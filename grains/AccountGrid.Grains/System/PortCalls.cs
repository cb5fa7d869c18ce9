using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>Calls to grains that answer for a port: their failures become those of the port.</summary>
internal static class PortCalls
{
    /// <summary>Asks a grain, and again if its silo goes away.</summary>
    /// <param name="call">Makes one attempt.</param>
    /// <param name="what">What cannot be had if it fails, as a sentence begins.</param>
    /// <param name="clock">Measures the pauses.</param>
    /// <param name="cancellationToken">Ends the pauses too.</param>
    /// <exception cref="StorageUnavailableException">There is no answer; nothing was done.</exception>
    /// <exception cref="StorageOverloadedException">The grain, or the store behind it, is overloaded.</exception>
    public static async Task<T> AskAsync<T>(
        Func<Task<T>> call, string what, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            return await LostCalls.RepeatAsync(call, clock, cancellationToken, LostCalls.IsSiloGone);
        }
        catch (GrainRefusedException e) when (e.Refusal.Reason == RefusalReason.Overloaded)
        {
            throw new StorageOverloadedException(what, e.Refusal.RetryAfter ?? TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (IsOfTheWay(e)
            && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            throw new StorageUnavailableException(
                $"{what} cannot be read.", e, isTransient: true, outcomeUnknown: false);
        }
    }

    /// <summary>
    /// A cancellation that is not the caller's: a new activation could not register itself in time.
    /// </summary>
    public static bool IsOfTheWay(Exception failure) =>
        failure is GrainRefusedException or TimeoutException or OrleansException or OperationCanceledException;
}
