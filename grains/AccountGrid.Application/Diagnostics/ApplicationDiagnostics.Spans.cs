using System.Collections.Immutable;
using System.Diagnostics;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <content>Spans beyond a command's own.</content>
public sealed partial class ApplicationDiagnostics
{
    /// <summary>Span tag: who sent the command, by the verified token's subject.</summary>
    public const string ActorTag = "enduser.id";

    /// <summary>Span tag: whether that is a person (<c>operator</c>), a <c>service</c> or the <c>system</c>.</summary>
    public const string ActorKindTag = "accountgrid.actor.kind";

    /// <summary>Span tag: the trace of the request that made the proposal which this one decides about.</summary>
    public const string ProposalTraceTag = "accountgrid.proposal.trace_id";

    /// <summary>Says who sent a command.</summary>
    internal static void Describe(Activity? span, Actor actor) => span?
        .SetTag(ActorTag, actor.Subject)
        .SetTag(ActorKindTag, NameOf(actor.Kind));

    /// <summary>A command that is only validated: no metric of commands counts it.</summary>
    internal Activity? StartValidation(string span, string action, Actor by)
    {
        var started = Source.StartActivity(span)
            ?.SetTag("accountgrid.action", action).SetTag("accountgrid.outcome", "validated");
        Describe(started, by);
        return started;
    }

    /// <summary>Tags a span with the standing that a person's record answered.</summary>
    internal static void Answered(Activity? span, Authority authority) =>
        span?.SetTag("accountgrid.standing", NameOf(authority.Standing));

    /// <summary>Follows of one caller. Only below a span that is recorded: they come at a high rate.</summary>
    internal Activity? StartFollow(AccountId account, ImmutableArray<FollowChange> changes) =>
        Activity.Current is { Recorded: true }
        ? Source.StartActivity("account.follow")?.SetTag(AccountTag, account.Value)
            .SetTag("accountgrid.follow.batch.size", changes.Length)
        : null;

    /// <summary>One ledger transaction, below the only caller whose changes it has.</summary>
    internal Activity? StartLedger(int changes) =>
        Activity.Current is { Recorded: true }
            ? Source.StartActivity("ledger.apply")?.SetTag("accountgrid.follow.batch.size", changes)
            : null;

    /// <summary>
    /// One ledger transaction with the changes of several callers: a trace of its own, linked to each of theirs, and
    /// they to it.
    /// </summary>
    internal Activity? StartLedger(int changes, IEnumerable<Activity?> callers)
    {
        var recorded = callers.OfType<Activity>().ToArray();
        if (recorded.Length == 0
            || Source.StartActivity("ledger.apply", ActivityKind.Internal, parentContext: default,
                links: [.. recorded.Select(static c => new ActivityLink(c.Context))]) is not { } span)
        {
            return null;
        }

        foreach (var caller in recorded)
        {
            caller.AddLink(new ActivityLink(span.Context));
        }

        return span.SetTag("accountgrid.follow.batch.size", changes);
    }

    private static string NameOf(ActorKind kind) =>
        kind switch { ActorKind.Operator => "operator", ActorKind.Service => "service", _ => "system" };

    private static string NameOf(Standing standing) =>
        standing switch { Standing.Active => "active", Standing.Notice => "notice", _ => "ended" };
}
