using System.Collections.Frozen;
using AccountGrid.Domain;
using Grpc.Core;

namespace AccountGrid.Gateway.Errors;

/// <summary>Maps refusals to what a client sees. The README has the same table, and a test compares them.</summary>
internal static class ErrorMap
{
    /// <summary>
    /// The server failed; the answer has the trace id and no details. Never in a journal, hence no <see
    /// cref="RefusalReason"/>.
    /// </summary>
    public static readonly ErrorKind Internal = new("INTERNAL", StatusCode.Internal, 500);

    /// <summary>There is no such method at this address.</summary>
    public static readonly ErrorKind Unimplemented = new("UNIMPLEMENTED", StatusCode.Unimplemented, 501);

    /// <summary>The address exists, the HTTP method does not.</summary>
    public static readonly ErrorKind WrongHttpMethod = new("UNIMPLEMENTED", StatusCode.Unimplemented, 405);

    /// <summary>The body is compressed, and this address takes none that is.</summary>
    public static readonly ErrorKind WrongEncoding = new("INVALID_ARGUMENT", StatusCode.InvalidArgument, 415);

    /// <summary>The request is for a host whose name this process does not serve.</summary>
    public static readonly ErrorKind WrongHost = new("INVALID_ARGUMENT", StatusCode.InvalidArgument, 421);

    /// <summary>The time limit or the caller's deadline passed.</summary>
    public static readonly ErrorKind DeadlineExceeded = new("DEADLINE_EXCEEDED", StatusCode.DeadlineExceeded, 504);

    /// <summary>The caller went away.</summary>
    public static readonly ErrorKind Cancelled = new("CANCELLED", StatusCode.Cancelled, 499);

    private static readonly FrozenDictionary<string, StatusCode> Codes = Enum.GetValues<RefusalReason>().Select(Of)
        .Concat([Internal, Unimplemented, DeadlineExceeded, Cancelled]).DistinctBy(static k => k.Reason)
        .ToFrozenDictionary(static k => k.Reason, static k => k.Code, StringComparer.Ordinal);

    /// <summary>The gRPC status of a reason that this table knows.</summary>
    public static StatusCode CodeOf(string reason) => Codes.GetValueOrDefault(reason, StatusCode.Unknown);

    /// <summary>The kind of a refusal.</summary>
    public static ErrorKind Of(RefusalReason reason) => reason switch
    {
        RefusalReason.Unauthenticated => new("UNAUTHENTICATED", StatusCode.Unauthenticated, 401),
        RefusalReason.ForbiddenRole => new("FORBIDDEN_ROLE", StatusCode.PermissionDenied, 403),
        RefusalReason.AuthorityEnded => new("AUTHORITY_ENDED", StatusCode.PermissionDenied, 403),
        RefusalReason.NoticePeriod => new("NOTICE_PERIOD", StatusCode.PermissionDenied, 403),
        RefusalReason.SamePerson => new("SAME_PERSON", StatusCode.PermissionDenied, 403),
        RefusalReason.NeedsSecondPerson => new("NEEDS_SECOND_PERSON", StatusCode.FailedPrecondition, 400),
        RefusalReason.ProposalExpired => new("PROPOSAL_EXPIRED", StatusCode.FailedPrecondition, 400),
        RefusalReason.ProposalVoid => new("PROPOSAL_VOID", StatusCode.FailedPrecondition, 400),
        RefusalReason.WrongStatus => new("WRONG_STATUS", StatusCode.FailedPrecondition, 400),
        RefusalReason.BudgetExceeded => new("BUDGET_EXCEEDED", StatusCode.ResourceExhausted, 429),
        RefusalReason.ReachExceeded => new("REACH_EXCEEDED", StatusCode.ResourceExhausted, 429),
        RefusalReason.FollowerLossLimit => new("FOLLOWER_LOSS_LIMIT", StatusCode.ResourceExhausted, 429),
        RefusalReason.Overloaded => new("OVERLOADED", StatusCode.ResourceExhausted, 429),
        RefusalReason.TooLarge => new("TOO_LARGE", StatusCode.ResourceExhausted, 413),
        RefusalReason.VersionMismatch => new("VERSION_MISMATCH", StatusCode.Aborted, 409),
        RefusalReason.RequestIdConflict => new("REQUEST_ID_CONFLICT", StatusCode.Aborted, 409),
        RefusalReason.NotFound => new("NOT_FOUND", StatusCode.NotFound, 404),
        RefusalReason.AlreadyExists => new("ALREADY_EXISTS", StatusCode.AlreadyExists, 409),
        RefusalReason.InvalidArgument => new("INVALID_ARGUMENT", StatusCode.InvalidArgument, 400),
        RefusalReason.StorageUnavailable => new("STORAGE_UNAVAILABLE", StatusCode.Unavailable, 503),
        _ => Internal,
    };

    /// <summary>The error for an HTTP status that the framework set.</summary>
    public static ApiError FromHttpStatus(int status) => status switch
    {
        400 or 411 or 415 => ApiError.Of(RefusalReason.InvalidArgument, "The request is not well formed."),
        401 => ApiError.Of(RefusalReason.Unauthenticated, "A valid bearer token is required."),
        403 => ApiError.Of(RefusalReason.ForbiddenRole, "The token's roles do not allow this."),
        404 => ApiError.Of(RefusalReason.NotFound, "There is nothing at this address."),
        405 => new ApiError(WrongHttpMethod, "This address does not know that HTTP method."),
        408 or 504 => new ApiError(
            DeadlineExceeded,
            "The request took too long; whether a command took effect is unknown: retry with the same requestId."),
        413 => ApiError.Of(RefusalReason.TooLarge, "The request is too large."),
        426 => new ApiError(Unimplemented, "gRPC is served over HTTP/2, on the gRPC port."),
        429 => ApiError.Of(RefusalReason.Overloaded, "Too many requests."),
        501 => new ApiError(Unimplemented, "There is no such method."),
        503 => ApiError.Of(RefusalReason.StorageUnavailable, "Not available right now."),
        >= 400 and < 500 => ApiError.Of(RefusalReason.InvalidArgument, "The request is not acceptable."),
        _ => ApiError.Failure,
    };

    /// <summary>The error for a gRPC status that the framework set.</summary>
    public static ApiError FromStatus(StatusCode code) => code switch
    {
        // The framework's reader refuses a message over the limit.
        StatusCode.ResourceExhausted => ApiError.Of(RefusalReason.TooLarge, "The message is too large."),
        StatusCode.Unimplemented => new ApiError(Unimplemented, "There is no such method."),
        StatusCode.DeadlineExceeded => FromHttpStatus(504),
        StatusCode.Cancelled => new ApiError(Cancelled, "The caller went away."),
        StatusCode.Unauthenticated => FromHttpStatus(401),
        StatusCode.PermissionDenied => FromHttpStatus(403),
        StatusCode.NotFound => FromHttpStatus(404),
        StatusCode.Unavailable => FromHttpStatus(503),

        // What a method throws is mapped before, so this is a message that could not be read.
        _ => ApiError.Of(RefusalReason.InvalidArgument, "The message is not well formed."),
    };
}
