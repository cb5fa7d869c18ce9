using System.Collections.Frozen;
using Grpc.Core;

namespace AccountGrid.Cli;

/// <summary>
/// What the process answers to its caller. Documented in the README and in <c>--help</c>; never changes.
/// </summary>
internal enum ExitCode
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>
    /// A check failed: the audit is not intact, a replay step failed, lines of an ingest were refused, an undo left
    /// something.
    /// </summary>
    CheckFailed = 1,

    /// <summary>The command line, or a field that the server refused as malformed.</summary>
    Usage = 2,

    /// <summary>Refused by a rule; the reason is printed.</summary>
    Refused = 3,

    /// <summary>Accepted, but nothing has happened yet: it waits for its second person or its time.</summary>
    Pending = 4,

    /// <summary>There is no such thing.</summary>
    NotFound = 5,

    /// <summary>Unavailable or overloaded: for a change, the outcome is unknown.</summary>
    Unavailable = 6,

    /// <summary>Not authenticated, the wrong role, or no authority any more.</summary>
    Forbidden = 7,

    /// <summary>Stopped by Ctrl-C or SIGTERM.</summary>
    Interrupted = 130,
}

/// <summary>The one table from a stable reason to an exit code, and what stands in the help about it.</summary>
internal static class ExitCodes
{
    /// <summary>Reason to exit code, complete over the reasons of the wire contract.</summary>
    public static FrozenDictionary<string, ExitCode> ByReason { get; } = new Dictionary<string, ExitCode>
    {
        ["UNAUTHENTICATED"] = ExitCode.Forbidden,
        ["FORBIDDEN_ROLE"] = ExitCode.Forbidden,
        ["AUTHORITY_ENDED"] = ExitCode.Forbidden,
        ["NOTICE_PERIOD"] = ExitCode.Refused,
        ["NEEDS_SECOND_PERSON"] = ExitCode.Refused,
        ["SAME_PERSON"] = ExitCode.Refused,
        ["PROPOSAL_EXPIRED"] = ExitCode.Refused,
        ["PROPOSAL_VOID"] = ExitCode.Refused,
        ["BUDGET_EXCEEDED"] = ExitCode.Refused,
        ["REACH_EXCEEDED"] = ExitCode.Refused,
        ["FOLLOWER_LOSS_LIMIT"] = ExitCode.Refused,
        ["VERSION_MISMATCH"] = ExitCode.Refused,
        ["REQUEST_ID_CONFLICT"] = ExitCode.Refused,
        ["ALREADY_EXISTS"] = ExitCode.Refused,
        ["WRONG_STATUS"] = ExitCode.Refused,
        ["NOT_FOUND"] = ExitCode.NotFound,
        ["INVALID_ARGUMENT"] = ExitCode.Usage,
        ["TOO_LARGE"] = ExitCode.Usage,
        ["OVERLOADED"] = ExitCode.Unavailable,
        ["STORAGE_UNAVAILABLE"] = ExitCode.Unavailable,

        // The gateway's own, which no rule of the domain gives.
        ["DEADLINE_EXCEEDED"] = ExitCode.Unavailable,
        ["INTERNAL"] = ExitCode.Unavailable,
        ["UNIMPLEMENTED"] = ExitCode.Unavailable,
        ["CANCELLED"] = ExitCode.Unavailable,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The lines of the help.</summary>
    public static IReadOnlyList<(ExitCode Code, string Means)> Documented { get; } =
    [
        (ExitCode.Ok, "done"),
        (ExitCode.CheckFailed,
            "a check failed: audit not intact, replay step failed, ingest lines refused, undo incomplete"),
        (ExitCode.Usage, "usage: the command line, or a field that breaks its rule"),
        (ExitCode.Refused, "refused by a rule; the reason is printed"),
        (ExitCode.Pending, "pending: accepted, but waits for a second person or its time; nothing has happened yet"),
        (ExitCode.NotFound, "not found"),
        (ExitCode.Unavailable, "unavailable or overloaded; the outcome of a change is unknown"),
        (ExitCode.Forbidden, "not authenticated, wrong role, or authority ended"),
        (ExitCode.Interrupted, "interrupted"),
    ];

    /// <summary>
    /// The exit code of a reason; of the status code where an answer came without a known reason, as from a proxy.
    /// </summary>
    public static ExitCode Of(string reason, StatusCode code) =>
        ByReason.TryGetValue(reason, out var known) ? known : Of(code);

    /// <summary>The exit code of a command's outcome.</summary>
    public static ExitCode Of(V1.Outcome outcome) =>
        outcome == V1.Outcome.Pending ? ExitCode.Pending : ExitCode.Ok;

    private static ExitCode Of(StatusCode code) => code switch
    {
        StatusCode.OK => ExitCode.Ok,
        StatusCode.Unauthenticated or StatusCode.PermissionDenied => ExitCode.Forbidden,
        StatusCode.NotFound => ExitCode.NotFound,
        StatusCode.InvalidArgument or StatusCode.OutOfRange => ExitCode.Usage,
        StatusCode.AlreadyExists or StatusCode.FailedPrecondition or StatusCode.Aborted => ExitCode.Refused,
        _ => ExitCode.Unavailable,
    };
}
