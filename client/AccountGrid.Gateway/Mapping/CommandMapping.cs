using AccountGrid.Domain;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>Maps the reply to a command.</summary>
internal static class CommandMapping
{
    /// <summary>
    /// What a reply that was not refused says: the outcome, the account after the command, and the proposal it left
    /// pending.
    /// </summary>
    public static (V1.Outcome Outcome, V1.Account? Account, V1.Proposal? Proposal) ToProto(CommandReply reply) => (
        reply.Outcome switch
        {
            Outcome.Done => V1.Outcome.Done,
            Outcome.Pending => V1.Outcome.Pending,
            _ => throw new ArgumentOutOfRangeException(nameof(reply), reply.Outcome, "A refused reply has no outcome."),
        },
        reply.Account is { } account ? AccountMapping.ToProto(account) : null,
        reply.Account?.Proposal is { } pending && pending.Sequence == reply.ProposalSequence
            ? ProposalMapping.ToProto(pending)
            : null);
}
