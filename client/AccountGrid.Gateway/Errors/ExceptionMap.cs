using AccountGrid.Domain;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Errors;

/// <summary>
/// The one translation of what a grain call throws. Refusals are values as a rule; thrown are those that never reached an activation, and
/// failures on the way. A failed or timed-out call has an unknown outcome, and the message says so.
/// </summary>
internal static class ExceptionMap
{
    private static readonly RefusalInfo NoAnswer = new(
        RefusalReason.StorageUnavailable,
        "No answer from the account's silo; whether a command took effect is unknown: retry with the same requestId.",
        Field: null,
        TimeSpan.FromSeconds(1));

    private static readonly RefusalInfo Busy = new(
        RefusalReason.Overloaded, "The cluster is busy; nothing was done.", Field: null, TimeSpan.FromSeconds(1));

    /// <summary>The error for an exception; <see cref="ApiError.Failure"/> for one that nobody expects.</summary>
    public static ApiError Of(Exception exception) =>
        exception is ApiException { Error: var error } ? error
        : RefusalOf(exception) is { } refusal ? ApiError.Of(refusal.Reason, refusal.Message, refusal.Field, refusal.RetryAfter)
        : ApiError.Failure;

    /// <summary>The refusal that an exception of a grain call stands for, or <c>null</c>.</summary>
    public static RefusalInfo? RefusalOf(Exception exception) => exception switch
    {
        GrainRefusedException { Refusal: var refusal } => refusal,
        GatewayTooBusyException => Busy,

        // A cancellation that is the caller's own is looked at before.
        _ when exception is ClientNotAvailableException || LostCalls.IsLost(exception) => NoAnswer,
        _ => null,
    };
}
