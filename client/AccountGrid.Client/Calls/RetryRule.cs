using System.Security.Cryptography;
using Grpc.Core;

namespace AccountGrid.Client;

/// <summary>
/// Which failed calls are sent again, and when. A call is sent again where it has certainly done nothing (the server
/// was busy, no connection could be made), and where its outcome is unknown but sending it twice is
/// <see cref="Repetition.Harmless"/>. A refusal is never sent again; neither is a spent budget, whose delay is for a
/// person to wait.
/// </summary>
internal static class RetryRule
{
    /// <summary>The largest random share added to a delay, so that many clients do not return at once.</summary>
    private const double Jitter = 0.25;

    /// <summary>Whether the same call may be sent again now.</summary>
    /// <param name="failure">The failure of the last attempt.</param>
    /// <param name="repetition">The effect of sending it twice.</param>
    /// <param name="longest">The longest delay; a call that is asked to wait for longer is not repeated.</param>
    public static bool MayRepeat(CallFailure failure, Repetition repetition, TimeSpan longest) =>
        DidNothing(failure)
            ? failure.Reached == Reached.NotSent || failure.RetryAfter is not { } asked || asked <= longest
        : repetition == Repetition.Harmless && IsTransient(failure);

    /// <summary>Whether another attempt may do better.</summary>
    public static bool IsTransient(CallFailure failure) =>
        DidNothing(failure)
        || failure.Reason is AccountGridReasons.StorageUnavailable
        || failure.Code is StatusCode.Unavailable or StatusCode.DeadlineExceeded

        // How a broken HTTP/2 connection shows depends on what the other side said last.
        || (failure.Reached == Reached.Perhaps
            && failure.Code is StatusCode.Internal or StatusCode.Unknown or StatusCode.Cancelled);

    /// <summary>
    /// The pause before the next attempt: what the server asked for, else doubling, at most <paramref name="longest"/>;
    /// up to a quarter more at random.
    /// </summary>
    public static TimeSpan DelayBefore(int failedAttempts, TimeSpan? askedFor, TimeSpan first, TimeSpan longest)
    {
        var wait = askedFor ?? first * Math.Pow(2, Math.Min(failedAttempts - 1, 30));
        wait = wait > longest ? longest : wait;
        return wait * (1 + (RandomNumberGenerator.GetInt32(0, 1001) / 1000d * Jitter));
    }

    private static bool DidNothing(CallFailure failure) =>
        failure.Reached == Reached.NotSent
        || failure.Reason is AccountGridReasons.Overloaded
        || (failure.Reason.Length == 0 && failure is { Code: StatusCode.ResourceExhausted, RetryAfter: not null });
}
