using System.Diagnostics;
using Grpc.Core;

namespace AccountGrid.Client;

/// <summary>
/// The spans of the client: one per call as its caller sees it, with each repetition as an event. Refusals are answers,
/// not errors.
/// </summary>
internal static class ClientDiagnostics
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "AccountGrid.Client";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>
    /// Begins a call's span. Without a listener there is none, and the caller's own span is what travels to the server.
    /// </summary>
    public static CallSpan Start(ServiceMethod method, Uri address)
    {
        if (!Source.HasListeners())
        {
            return default;
        }

        return new CallSpan(Source.StartActivity(
            method.FullName,
            ActivityKind.Client,
            parentContext: default,
            tags:
            [
                new("rpc.system", "grpc"),
                new("rpc.service", method.Service),
                new("rpc.method", method.Name),
                new("server.address", address.Host),
                new("server.port", address.Port),
            ]));
    }
}

/// <summary>The span of one call; does nothing without a listener.</summary>
internal readonly struct CallSpan(Activity? activity) : IDisposable
{
    private const string StatusTag = "rpc.grpc.status_code";
    private const string AttemptsTag = "accountgrid.attempts";

    /// <summary>An answer came.</summary>
    public void Succeed(int attempts) => activity?.SetTag(StatusTag, (int)StatusCode.OK).SetTag(AttemptsTag, attempts);

    /// <summary>The caller gave up.</summary>
    public void Cancel(int attempts) =>
        activity?.SetTag(StatusTag, (int)StatusCode.Cancelled).SetTag(AttemptsTag, attempts);

    /// <summary>The last attempt failed.</summary>
    public void Fail(CallFailure failure)
    {
        if (activity is null)
        {
            return;
        }

        activity.SetTag(StatusTag, (int)failure.Code).SetTag(AttemptsTag, failure.Attempts);
        if (failure.Reason.Length > 0)
        {
            activity.SetTag("accountgrid.reason", failure.Reason);
        }

        if (RetryRule.IsTransient(failure)
            || failure.Code is StatusCode.Internal or StatusCode.Unknown or StatusCode.Unimplemented
                or StatusCode.DataLoss)
        {
            activity.SetTag("error.type", failure.Reason.Length > 0 ? failure.Reason : failure.Code.ToString());
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>An attempt failed, and another one follows.</summary>
    public void Retry(CallFailure failure, TimeSpan delay) =>
        activity?.AddEvent(new ActivityEvent("retry", tags: new ActivityTagsCollection
        {
            ["attempt"] = failure.Attempts,
            [StatusTag] = (int)failure.Code,
            ["accountgrid.reason"] = failure.Reason,
            ["delay"] = delay.TotalSeconds,
        }));

    /// <inheritdoc />
    public void Dispose() => activity?.Dispose();
}
