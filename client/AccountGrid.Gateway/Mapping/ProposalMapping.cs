using AccountGrid.Domain;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>Maps proposals.</summary>
internal static class ProposalMapping
{
    /// <summary>
    /// What a service is told of the proposal that its own command opened: what it asked for, until when it waits, and
    /// the id to withdraw it.
    /// </summary>
    public static V1.Proposal ToItsService(ProposalInfo info) => new()
    {
        Id = new ProposalId(new AccountId(info.Account), info.Sequence).ToString(),
        Account = info.Account,
        State = ToProto(info.State),
        Action = Enums.Harms.ToProto(info.Action.Kind),
        Reason = info.Action.Reason,
        At = TimeMapping.ToProto(info.Action.At),
        DueAt = TimeMapping.ToProto(info.DueAt),
    };

    /// <summary>A pending proposal, as staff see it.</summary>
    public static V1.Proposal ToProto(ProposalInfo info)
    {
        var proposal = new V1.Proposal
        {
            Id = new ProposalId(new AccountId(info.Account), info.Sequence).ToString(),
            Account = info.Account,
            State = ToProto(info.State),
            Action = Enums.Harms.ToProto(info.Action.Kind),
            Reason = info.Action.Reason,
            Note = info.Action.Note,
            Ticket = info.Action.Ticket,
            Until = TimeMapping.ToProto(info.Action.Until),
            At = TimeMapping.ToProto(info.Action.At),
            Digest = info.Digest,
            ShownProtected = info.ShownTier == Tier.Protected,
            ProposedBy = ActorMapping.ToProto(info.ProposedBy),
            ProposedAt = TimeMapping.ToProto(info.ProposedAt),
            ApprovedBy = info.ApprovedBy ?? "",
            DueAt = TimeMapping.ToProto(info.DueAt),
            Followers = info.Action.Followers,
        };
        if (info.ShownFollowers is { } followers)
        {
            proposal.ShownFollowers = followers;
        }

        return proposal;
    }

    /// <summary>Where a pending proposal stands.</summary>
    public static V1.Proposal.Types.State ToProto(ProposalState state) => state == ProposalState.Scheduled
        ? V1.Proposal.Types.State.Scheduled
        : V1.Proposal.Types.State.Open;
}
