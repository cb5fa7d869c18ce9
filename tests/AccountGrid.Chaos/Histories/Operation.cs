using System.Collections.Immutable;
using AccountGrid.V1;

namespace AccountGrid.Chaos.Histories;

/// <summary>What a client does.</summary>
internal enum OperationKind
{
    Register,
    Deactivate,
    DeactivateLater,
    Suspend,
    Erase,
    Protect,
    Restore,
    OwnerDeactivate,
    OwnerRestore,
    Approve,
    Reject,
    Withdraw,
    Follow,
    Unfollow,
    Ingest,
    Read,
    ReadPublic,
    ReadMany,
}

/// <summary>One change of one follow edge.</summary>
internal readonly record struct EdgeChange(long Account, long Follower, bool Follows);

/// <summary>What a client means to do, fixed before the first attempt: every retry sends exactly the same.</summary>
/// <param name="Client">Which client. A client does one thing at a time, and nobody else touches its edges.</param>
/// <param name="Kind">What.</param>
/// <param name="Account">To which account; 0 where it is about several.</param>
internal sealed record Intent(string Client, OperationKind Kind, long Account)
{
    /// <summary>On whose behalf, as the journal writes it: <c>operator:p001</c>, <c>service:shop</c>.</summary>
    public string Actor { get; init; } = "";

    /// <summary>The idempotency key; <c>null</c> for reads and follows.</summary>
    public string? RequestId { get; init; }

    /// <summary>The proposal that it is about, by the journal sequence that opened it.</summary>
    public long? Proposal { get; init; }

    /// <summary>Whether what it places has an end (a suspension).</summary>
    public bool EndsByItself { get; init; }

    /// <summary>The edges, in the order in which they are sent.</summary>
    public ImmutableArray<EdgeChange> Edges { get; init; } = [];

    /// <summary>The version that a read insists on; 0 = none.</summary>
    public long MinVersion { get; init; }

    /// <summary>Whether a journal entry must witness it.</summary>
    public bool IsCommand => RequestId is not null;
}

/// <summary>How an attempt was answered.</summary>
internal enum Verdict
{
    /// <summary>Took effect, or was read.</summary>
    Done,

    /// <summary>Waits for its second person or its time.</summary>
    Pending,

    /// <summary>Did not take effect.</summary>
    Refused,
}

/// <summary>A follower count as served.</summary>
/// <param name="Count">The number.</param>
/// <param name="Version">Grows with every change.</param>
/// <param name="Exact">Whether it claims to be exact.</param>
internal readonly record struct FollowersSeen(long Count, long Version, bool Exact);

/// <summary>What an answer says about an account. What it does not say is <c>null</c>.</summary>
/// <param name="Account">Which.</param>
/// <param name="Version">The journal's length; 0 = there is no such account.</param>
/// <param name="Status">Whether it is up.</param>
/// <param name="Followers">The count.</param>
internal sealed record Seen(
    long Account, long? Version = null, Account.Types.Status? Status = null, FollowersSeen? Followers = null);

/// <summary>The silo's final word on an operation.</summary>
/// <param name="Verdict">How it ended.</param>
/// <param name="Reason">The stable reason of a refusal, or empty.</param>
internal sealed record Answer(Verdict Verdict, string Reason = "")
{
    /// <summary>What it says about accounts.</summary>
    public ImmutableArray<Seen> Seen { get; init; } = [];

    /// <summary>The proposal opened or acted on.</summary>
    public long? Proposal { get; init; }

    /// <summary>How many edges changed (follows only).</summary>
    public long? Changed { get; init; }

    /// <summary>Which of the edges were refused, by their place in the batch, from 0.</summary>
    public ImmutableHashSet<int> RefusedEdges { get; init; } = [];
}

/// <summary>One call that left a client.</summary>
/// <param name="Incarnation">Which life it was sent to, from 1: of the process, or, of a cluster, the time between two
/// moments at which nothing was under way.</param>
/// <param name="StartedAt">On the history's clock.</param>
/// <param name="EndedAt">When it was answered or failed; <c>null</c> while it is under way.</param>
/// <param name="Answer">The final word; <c>null</c> = it may or may not have taken effect, now or until that process is
/// dead.</param>
/// <param name="Error">How it failed, where it was not answered.</param>
/// <param name="TraceId">The trace that it was sent with: the journal entry of the attempt that acted carries
/// it.</param>
/// <param name="To">Which gateway it was sent to; empty where there is one.</param>
internal sealed record Attempt(
    int Incarnation, TimeSpan StartedAt, TimeSpan? EndedAt = null, Answer? Answer = null, string Error = "",
    string TraceId = "", string To = "");

/// <summary>An operation with all its attempts, oldest first. Immutable.</summary>
/// <param name="Number">In the order of invocation, from 0.</param>
/// <param name="Intent">What was meant.</param>
/// <param name="Attempts">At least one.</param>
internal sealed record Operation(int Number, Intent Intent, ImmutableArray<Attempt> Attempts)
{
    /// <summary>When it can first have taken effect.</summary>
    public TimeSpan InvokedAt => Attempts[0].StartedAt;

    /// <summary>The final word, if it came.</summary>
    public Answer? Answer => Attempts[^1].Answer;

    /// <summary>When the final word came; never, where it did not.</summary>
    public TimeSpan AnsweredAt => Answer is null ? TimeSpan.MaxValue : Attempts[^1].EndedAt ?? TimeSpan.MaxValue;

    /// <summary>
    /// Whether an attempt without an answer went to the same life of the process as the answered one: then it may still
    /// be decided after the answer, and a refusal does not speak for it.
    /// </summary>
    public bool HasRivalAttempt =>
        Answer is not null && Attempts.Take(Attempts.Length - 1).Any(a => a.Incarnation == Attempts[^1].Incarnation);

    /// <summary>For a person who reads a violation.</summary>
    public override string ToString()
    {
        var outcome = Answer is { } answer
            ? $"{answer.Verdict}{(answer.Reason.Length > 0 ? " " + answer.Reason : "")}"
            : "no answer";
        return $"#{Number} {Intent.Client} {Intent.Kind} account {Intent.Account} as {Intent.Actor} request {Intent.RequestId ?? "-"}: {outcome} in {Attempts.Length} attempt(s) from {InvokedAt.TotalSeconds:0.000} s";
    }
}
