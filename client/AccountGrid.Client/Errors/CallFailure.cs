using System.Net.Sockets;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;

namespace AccountGrid.Client;

/// <summary>How far a failed call got.</summary>
internal enum Reached
{
    /// <summary>An answer came back.</summary>
    Answered,

    /// <summary>The connection broke: the server may have acted.</summary>
    Perhaps,

    /// <summary>No connection could be made: nothing was sent.</summary>
    NotSent,
}

/// <summary>A failed call as a value: google.rpc.Status with its details, or a bare status.</summary>
internal sealed record CallFailure
{
    private const string Domain = "accountgrid";
    private const string TraceIdHeader = "trace-id";

    /// <summary>See <see cref="AccountGridException.Method"/>.</summary>
    public required string Method { get; init; }

    /// <summary>See <see cref="AccountGridException.Code"/>.</summary>
    public required StatusCode Code { get; init; }

    /// <summary>A sentence for a person.</summary>
    public required string Message { get; init; }

    /// <summary>See <see cref="AccountGridException.Reason"/>.</summary>
    public string Reason { get; init; } = "";

    /// <summary>See <see cref="AccountGridException.Fields"/>.</summary>
    public IReadOnlyList<AccountGridFieldViolation> Fields { get; init; } = [];

    /// <summary>See <see cref="AccountGridException.RetryAfter"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>See <see cref="AccountGridException.TraceId"/>.</summary>
    public string TraceId { get; init; } = "";

    /// <summary>See <see cref="AccountGridException.RequestId"/>.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>See <see cref="AccountGridException.Attempts"/>.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>Whether the call changes anything.</summary>
    public bool IsChange { get; init; }

    /// <summary>Whether it was sent and answered.</summary>
    public Reached Reached { get; init; }

    /// <summary>Whether an earlier attempt of the same call may have acted.</summary>
    public bool MayHaveActedBefore { get; init; }

    /// <summary>See <see cref="AccountGridException.IsOutcomeUnknown"/>.</summary>
    public bool IsOutcomeUnknown => IsChange && (MayHaveActed || (MayHaveActedBefore && RetryRule.IsTransient(this)));

    private bool MayHaveActed => Reached != Reached.NotSent
        && (Reason is AccountGridReasons.StorageUnavailable
            || Code is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Internal
                or StatusCode.Unknown or StatusCode.Cancelled);

    /// <summary>Reads the details from what gRPC threw.</summary>
    public static CallFailure Of(RpcException exception, ServiceMethod method, string requestId = "", int attempts = 1)
    {
        var status = StatusOf(exception);
        var info = status?.GetDetail<ErrorInfo>();
        return new CallFailure
        {
            Method = method.FullName,
            IsChange = method.IsChange,
            RequestId = requestId,
            Attempts = attempts,
            Code = exception.StatusCode,
            Reason = info is { Domain: Domain } ? info.Reason : "",
            Message = status?.Message is { Length: > 0 } message ? message : exception.Status.Detail,
            Fields = [.. (status?.GetDetail<BadRequest>()?.FieldViolations ?? []).Select(
                static v => new AccountGridFieldViolation(v.Field, v.Description))],
            RetryAfter = status?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan(),
            TraceId = exception.Trailers.GetValue(TraceIdHeader) ?? "",
            Reached = ReachedOf(exception.Status.DebugException),
        };
    }

    /// <summary>A stream over which nothing came for too long.</summary>
    public static CallFailure Silence(ServiceMethod method, TimeSpan limit) => new()
    {
        Method = method.FullName,
        Code = StatusCode.Unavailable,
        Message = $"Nothing came for {limit.TotalSeconds:0.###} seconds.",
        Reached = Reached.Perhaps,
    };

    private static Google.Rpc.Status? StatusOf(RpcException exception)
    {
        try
        {
            return exception.GetRpcStatus();
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or FormatException)
        {
            // Details that cannot be read are no details; the code and the message stand.
            return null;
        }
    }

    private static Reached ReachedOf(Exception? cause) => cause switch
    {
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
                or HttpRequestError.VersionNegotiationError,
        } => Reached.NotSent,

        // Bare, it comes from gRPC's own attempt to connect; one that breaks a connection is inside of another
        // exception.
        SocketException => Reached.NotSent,
        HttpRequestException or IOException => Reached.Perhaps,
        _ => Reached.Answered,
    };
}
