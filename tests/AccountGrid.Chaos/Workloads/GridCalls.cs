using System.Collections.Immutable;
using AccountGrid.Chaos.Histories;
using AccountGrid.V1;
using Google.Rpc;
using Grpc.Core;

namespace AccountGrid.Chaos.Workloads;

/// <summary>
/// One call as planned: what is meant, under whose token, and how it is sent. Sent again, it is exactly the same
/// request.
/// </summary>
/// <param name="Intent">What is meant.</param>
/// <param name="Subject">Whose token.</param>
/// <param name="Roles">The roles in it.</param>
/// <param name="Send">Sends it; a refusal comes as an <see cref="RpcException"/>.</param>
/// <param name="Timeout">How long an attempt may take.</param>
internal sealed record PlannedCall(
    Intent Intent, string Subject, ImmutableArray<string> Roles, Func<CallInvoker, CallOptions, Task<Answer>> Send,
    TimeSpan Timeout);

/// <summary>Turns responses and errors of the wire into answers of the history.</summary>
internal static class GridCalls
{
    private const string Domain = "accountgrid";

    /// <summary>A command's answer.</summary>
    public static Answer Of(V1.Outcome outcome, Account account, Proposal? proposal = null) =>
        new(outcome == V1.Outcome.Pending ? Verdict.Pending : Verdict.Done)
        {
            Seen = [Of(account)],
            Proposal = proposal is { Id.Length: > 0 } p ? SequenceOf(p.Id) : null,
        };

    /// <summary>What an account shows.</summary>
    public static Seen Of(Account account) => new(account.Id, account.Version, account.Status, Of(account.Followers));

    /// <summary>A count as served.</summary>
    public static FollowersSeen? Of(FollowerCount? followers) =>
        followers is null
            ? null
            : new(followers.Count, followers.Version, followers.Quality == FollowerCount.Types.Quality.Exact);

    /// <summary>The journal sequence in a proposal's id.</summary>
    public static long SequenceOf(string proposalId) =>
        long.Parse(proposalId.AsSpan(proposalId.IndexOf('-', StringComparison.Ordinal) + 1), provider: null);

    /// <summary>
    /// The final word in an error: a refusal with its stable reason. <c>null</c> where the error is none: the
    /// connection broke, the store failed, a queue was full;
    /// then the same request is sent again.
    /// </summary>
    public static Answer? Refusal(RpcException error, Intent intent)
    {
        var reason = ReasonOf(error);
        return reason switch
        {
            null or "OVERLOADED" or "STORAGE_UNAVAILABLE" or "DEADLINE_EXCEEDED" or "CANCELLED"
                or HistorySnapshot.InternalError => null,

            // For a reader, an account that is not there is one at version 0; a visitor sees nothing of one that is
            // down, either.
            "NOT_FOUND" when intent.Kind is OperationKind.Read =>
                new(Verdict.Done) { Seen = [new Seen(intent.Account, Version: 0)] },
            "NOT_FOUND" when intent.Kind is OperationKind.ReadPublic => new(Verdict.Done),
            "NOT_FOUND" when intent.Proposal is null =>
                new(Verdict.Refused, reason) { Seen = [new Seen(intent.Account, Version: 0)] },
            _ => new(Verdict.Refused, reason),
        };
    }

    /// <summary>What kind of error it is, for counting.</summary>
    public static string KindOf(RpcException error) => ReasonOf(error) ?? error.StatusCode.ToString();

    private static string? ReasonOf(RpcException error) =>
        error.GetRpcStatus()?.GetDetail<ErrorInfo>() is { Domain: Domain, Reason.Length: > 0 } info
            ? info.Reason
            : null;
}
