using AccountGrid.Domain;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Errors;

/// <summary>
/// Maps what a grain call throws to errors. Refusals are values as a rule; thrown are those of an account that has no
/// activation, and failures on the way. A failed or timed-out call has an unknown outcome, and the message says so.
/// </summary>
internal static partial class ExceptionMap
{
    /// <summary>The answer to a call whose outcome is unknown.</summary>
    public static RefusalInfo NoAnswer { get; } = new(
        RefusalReason.StorageUnavailable,
        "No answer from the account's silo; whether a command took effect is unknown: retry with the same requestId.",
        Field: null,
        TimeSpan.FromSeconds(1));

    private static readonly RefusalInfo Busy = new(
        RefusalReason.Overloaded, "The cluster is busy; nothing was done.", Field: null, TimeSpan.FromSeconds(1));

    /// <summary>The error for an exception; <see cref="ApiError.Failure"/> for an unexpected one.</summary>
    public static ApiError Of(Exception exception) =>
        exception is ApiException { Error: var error } ? error
        : RefusalOf(exception) is { } refusal ? ApiError.Of(refusal)
        : ApiError.Failure;

    /// <summary>The error for an exception; an unexpected one is logged.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="logger">The log.</param>
    /// <param name="method">The method or endpoint that threw it.</param>
    public static ApiError Of(Exception exception, ILogger logger, string method)
    {
        var error = Of(exception);
        if (error == ApiError.Failure)
        {
            LogFailed(logger, exception, method);
        }

        return error;
    }

    /// <summary>The refusal that an exception of a grain call stands for, or <c>null</c>.</summary>
    public static RefusalInfo? RefusalOf(Exception exception) => exception switch
    {
        GrainRefusedException { Refusal: var refusal } => refusal,
        GatewayTooBusyException => Busy,

        // The caller handles its own cancellation before it asks here.
        _ when exception is ClientNotAvailableException || LostCalls.IsLost(exception) => NoAnswer,
        _ => null,
    };

    [LoggerMessage(1, LogLevel.Error, "{Method} failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string method);
}
