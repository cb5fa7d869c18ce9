using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>What is answered to a command that was not refused.</summary>
/// <param name="Outcome">What it came to, or would come to.</param>
/// <param name="Account">The account after it; now, where it was only validated.</param>
/// <param name="Proposal">What waits, or would wait. A service is told of its own proposal only.</param>
/// <param name="Preview">Where it was only validated.</param>
internal readonly record struct CommandAnswer(
    V1.Outcome Outcome, V1.Account? Account, V1.Proposal? Proposal, V1.Preview? Preview);

/// <summary>Maps the reply to a command.</summary>
internal static class CommandMapping
{
    /// <summary>The answer to a command that was carried out.</summary>
    public static CommandAnswer ToProto(CommandReply reply, Viewer viewer) => new(
        ToProto(reply.Outcome),
        reply.Account is { } account ? AccountMapping.ToProto(account, viewer) : null,
        ProposalOf(reply.Account, reply.ProposalSequence, viewer),
        Preview: null);

    /// <summary>The answer to a command that was only validated.</summary>
    public static CommandAnswer ToProto(PreviewReply reply, Viewer viewer)
    {
        var isNew = reply.After?.Proposal?.Sequence != reply.Account?.Proposal?.Sequence;
        var proposal = ProposalOf(reply.After, reply.ProposalSequence, viewer);
        var after = reply.After is { } account ? AccountMapping.ToProto(account, viewer) : null;
        if (isNew)
        {
            ClearId(proposal);
            ClearId(after?.OpenProposal);
        }

        if (after is not null)
        {
            (after.Version, after.Etag) = (0, "");
        }

        var waits = reply is { Outcome: Outcome.Pending, After.Proposal.State: ProposalState.Open };
        return new(
            ToProto(reply.Outcome),
            reply.Account is { } now ? AccountMapping.ToProto(now, viewer) : null,
            proposal,
            new()
            {
                Account = after,
                SecondPerson = waits ? V1.Role.Approver : V1.Role.Unspecified,
                BudgetLeft = ToProto(reply.Left),
            });
    }

    /// <summary>What an action would come to, where <paramref name="second"/> is the second person's role.</summary>
    public static V1.ActionPreview ToProto(ActionInfo info, V1.Role second) => new()
    {
        Action = info.Name,
        Outcome = info.Refusal is null ? ToProto(info.Outcome) : V1.Outcome.Unspecified,
        SecondPerson = info.NeedsSecondPerson ? second : V1.Role.Unspecified,
        BudgetLeft = ToProto(info.Left),
        Refusal = info.Refusal is { } refusal ? ErrorMap.Of(refusal.Reason).Reason : "",
        Message = info.Refusal?.Message ?? "",
    };

    private static V1.BudgetLeft? ToProto(BudgetLeftInfo? left) =>
        left is null ? null : new() { Harms = left.Harms, Reach = left.Reach };

    private static void ClearId(V1.Proposal? proposal)
    {
        if (proposal is not null)
        {
            proposal.Id = "";
        }
    }

    private static V1.Outcome ToProto(Outcome outcome) => outcome switch
    {
        Outcome.Done => V1.Outcome.Done,
        Outcome.Pending => V1.Outcome.Pending,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "A refused reply has no outcome."),
    };

    private static V1.Proposal? ProposalOf(AccountInfo? account, long? sequence, Viewer viewer) =>
        account?.Proposal is not { } pending || pending.Sequence != sequence ? null
            : viewer == Viewer.Staff ? ProposalMapping.ToProto(pending)
            : pending.ProposedBy.Kind == ActorKind.Service ? ProposalMapping.ToItsService(pending)
            : null;
}
