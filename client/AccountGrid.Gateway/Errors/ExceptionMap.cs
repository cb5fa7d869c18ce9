using AccountGrid.Domain;
using Orleans.Runtime;

namespace AccountGrid.Gateway.Errors;

/// <summary>
/// The one translation of what a grain call throws. Refusals of the domain are values and never come here; this is about the way to
/// the grain. A failed or timed-out call has an unknown outcome, and the message says so.
/// </summary>
internal static class ExceptionMap
{
    private static readonly ApiError NoAnswer = ApiError.Of(
        RefusalReason.StorageUnavailable,
        "No answer from the account's silo; whether a command took effect is unknown: retry with the same requestId.",
        field: null,
        TimeSpan.FromSeconds(1));

    private static readonly ApiError Busy = ApiError.Of(
        RefusalReason.Overloaded, "The cluster is busy; nothing was done.", field: null, TimeSpan.FromSeconds(1));

    /// <summary>The error for an exception; <see cref="ApiError.Failure"/> for one that nobody expects.</summary>
    public static ApiError Of(Exception exception) => exception switch
    {
        ApiException { Error: var error } => error,
        GatewayTooBusyException => Busy,
        TimeoutException or SiloUnavailableException or OrleansMessageRejectionException or ClientNotAvailableException => NoAnswer,
        _ => ApiError.Failure,
    };
}
