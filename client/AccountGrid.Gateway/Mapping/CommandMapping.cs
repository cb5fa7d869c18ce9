using AccountGrid.Domain;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>Maps the reply to a command.</summary>
internal static class CommandMapping
{
    /// <summary>
    /// What a reply that was not refused says: the outcome, the account after the command, and the proposal it left
    /// pending. A service is told of its own proposal only.
    /// </summary>
    public static (V1.Outcome Outcome, V1.Account? Account, V1.Proposal? Proposal) ToProto(
        CommandReply reply, Viewer viewer) => (
        reply.Outcome switch
        {
            Outcome.Done => V1.Outcome.Done,
            Outcome.Pending => V1.Outcome.Pending,
            _ => throw new ArgumentOutOfRangeException(nameof(reply), reply.Outcome, "A refused reply has no outcome."),
        },
        reply.Account is { } account ? AccountMapping.ToProto(account, viewer) : null,
        reply.Account?.Proposal is not { } pending || pending.Sequence != reply.ProposalSequence ? null
            : viewer == Viewer.Staff ? ProposalMapping.ToProto(pending)
            : pending.ProposedBy.Kind == ActorKind.Service ? ProposalMapping.ToItsService(pending)
            : null);
}
