using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>The verified identity behind a call: made by the gateway, explicit in every method, never ambient.</summary>
/// <param name="Kind">The sort of actor.</param>
/// <param name="Subject">The verified token's subject.</param>
/// <param name="Roles">The roles in the verified token.</param>
/// <param name="TraceParent">
/// The W3C <c>traceparent</c> of the request, so that a journal entry names its trace also where it is not recorded (then Orleans passes none on).
/// </param>
[GenerateSerializer, Immutable, Alias("ag.caller")]
public sealed partial record CallerInfo(
    [property: Id(0)] ActorKind Kind, [property: Id(1)] string Subject, [property: Id(2)] Roles Roles, [property: Id(3)] string? TraceParent = null);

/// <summary>A harmful action.</summary>
[GenerateSerializer, Immutable, Alias("ag.harm")]
public sealed record HarmInput(
    [property: Id(0)] HarmKind Kind,
    [property: Id(1)] string Reason,
    [property: Id(2)] string Note,
    [property: Id(3)] string Ticket,
    [property: Id(4)] DateTimeOffset? Until,
    [property: Id(5)] DateTimeOffset? At);

/// <summary>The commands that callers may send to an account's grain. A closed hierarchy that mirrors the domain's.</summary>
[GenerateSerializer, Immutable, Alias("ag.command")]
public abstract record CommandInput
{
    /// <summary>Deactivate, suspend, erase or unprotect.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.harm")]
    public sealed record Harm([property: Id(0)] HarmInput Action, [property: Id(1)] bool DirectOnly) : CommandInput;

    /// <summary>Lift holds.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.restore")]
    public sealed record Restore(
        [property: Id(0)] bool Owner,
        [property: Id(1)] ImmutableArray<HoldKind> Kinds,
        [property: Id(2)] string Reason,
        [property: Id(3)] string Note,
        [property: Id(4)] string Ticket) : CommandInput;

    /// <summary>Lift the holds that one operator placed or approved.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.undo")]
    public sealed record Undo([property: Id(0)] string Operator, [property: Id(1)] DateTimeOffset Since, [property: Id(2)] string Note) : CommandInput;

    /// <summary>Raise or renew the explicit protection; no owner = the caller, no review date = the default one.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.protect")]
    public sealed record Protect(
        [property: Id(0)] string? Owner,
        [property: Id(1)] string Reason,
        [property: Id(2)] string Note,
        [property: Id(3)] string Ticket,
        [property: Id(4)] DateTimeOffset? ReviewAt) : CommandInput;

    /// <summary>Approve a proposal.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.approve")]
    public sealed record Approve([property: Id(0)] long Sequence, [property: Id(1)] string? Digest, [property: Id(2)] string Note) : CommandInput;

    /// <summary>Reject a proposal.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.reject")]
    public sealed record Reject([property: Id(0)] long Sequence, [property: Id(1)] string Note) : CommandInput;

    /// <summary>Withdraw a proposal.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.withdraw")]
    public sealed record Withdraw([property: Id(0)] long Sequence, [property: Id(1)] string Note) : CommandInput;
}

/// <summary>What came of a command: refusals are values, so that they cross silos as they are.</summary>
/// <param name="Outcome">Done, pending or refused.</param>
/// <param name="Account">The account after the command; <c>null</c> where there is none to show.</param>
/// <param name="ProposalSequence">The proposal that was opened or acted on.</param>
/// <param name="Refusal">Why not.</param>
[GenerateSerializer, Immutable, Alias("ag.reply")]
public sealed partial record CommandReply(
    [property: Id(0)] Outcome Outcome,
    [property: Id(1)] AccountInfo? Account,
    [property: Id(2)] long? ProposalSequence,
    [property: Id(3)] RefusalInfo? Refusal);

/// <summary>A refusal on its way to a caller.</summary>
[GenerateSerializer, Immutable, Alias("ag.refusal")]
public sealed record RefusalInfo(
    [property: Id(0)] RefusalReason Reason,
    [property: Id(1)] string Message,
    [property: Id(2)] string? Field,
    [property: Id(3)] TimeSpan? RetryAfter);

/// <summary>One follow or unfollow.</summary>
[GenerateSerializer, Immutable, Alias("ag.follow")]
public readonly record struct FollowInput([property: Id(0)] long Follower, [property: Id(1)] bool Follows);

/// <summary>What came of a batch of follows.</summary>
/// <param name="Changed">How many of them changed something.</param>
/// <param name="Followers">The count after; <c>null</c> when refused.</param>
/// <param name="Refusal">Why not.</param>
[GenerateSerializer, Immutable, Alias("ag.follow-reply")]
public sealed record FollowReply(
    [property: Id(0)] int Changed, [property: Id(1)] FollowersInfo? Followers, [property: Id(2)] RefusalInfo? Refusal);

/// <summary>A read that may be refused (unknown account, ended authority) as a value.</summary>
/// <param name="Value">The answer, or <c>null</c>.</param>
/// <param name="Refusal">Why not.</param>
/// <typeparam name="T">What is read.</typeparam>
[GenerateSerializer, Immutable, Alias("ag.answer`1")]
public sealed record Answer<T>([property: Id(0)] T? Value, [property: Id(1)] RefusalInfo? Refusal)
    where T : class;
