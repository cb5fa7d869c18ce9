using AccountGrid.Domain;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>What is answered to a command on an operator that was not refused.</summary>
/// <param name="Outcome">What it came to, or would come to.</param>
/// <param name="Operator">The operator after it; now, where it was only validated.</param>
/// <param name="Proposal">What waits, or would wait.</param>
/// <param name="Preview">The operator as it would be, where it was only validated.</param>
internal readonly record struct PowerAnswer(
    V1.Outcome Outcome, V1.Operator? Operator, V1.Proposal? Proposal, V1.Operator? Preview);

/// <summary>Maps operators and roles.</summary>
internal static class OperatorMapping
{
    /// <summary>One operator.</summary>
    public static V1.Operator ToProto(OperatorInfo info)
    {
        var result = new V1.Operator
        {
            Id = info.Id,
            DisplayName = info.DisplayName,
            Standing = Enums.Standings.ToProto(info.Standing),
            AuthorityEndsAt = TimeMapping.ToProto(info.AuthorityEndsAt),
            Version = info.Version,
            HarmsInWindow = info.HarmsInWindow,
            ReachInWindow = info.ReachInWindow,
            PersonId = info.PersonId ?? "",
            Etag = Etag.Format(info.PowerVersion),
            OpenProposal = info.Proposal is { } proposal ? ToProto(proposal) : null,
        };
        result.Roles.Add(ToProto(info.Roles));
        return result;
    }

    /// <summary>A change of power that waits.</summary>
    public static V1.Proposal ToProto(PowerProposalInfo info) => new()
    {
        Id = new PowerProposalId(OperatorId.Parse(info.Operator), info.Sequence).ToString(),
        Operator = info.Operator,
        State = ProposalMapping.ToProto(info.State),
        Action = Enums.PowerChanges.ToProto(info.Kind),
        Roles = { ToProto(info.Roles) },
        DisplayName = info.DisplayName,
        AuthorityEndsAt = TimeMapping.ToProto(info.AuthorityEndsAt),
        PersonId = info.PersonId,
        Note = info.Note,
        Digest = info.Digest,
        ProposedBy = new() { Kind = V1.Actor.Types.Kind.Operator, Subject = info.ProposedBy },
        ProposedAt = TimeMapping.ToProto(info.ProposedAt),
        ApprovedBy = info.ApprovedBy ?? "",
        DueAt = TimeMapping.ToProto(info.DueAt),
    };

    /// <summary>The answer to a command that was not refused.</summary>
    public static PowerAnswer ToProto(OperatorReply reply) => new(
        reply.Outcome == Outcome.Pending ? V1.Outcome.Pending : V1.Outcome.Done,
        KnownOf(reply.Operator),
        (reply.After ?? reply.Operator)?.Proposal is { } pending && pending.Sequence == reply.ProposalSequence
            ? Announced(ToProto(pending), reply)
            : null,
        PreviewOf(reply));

    /// <summary>A person who was never enrolled is no operator yet.</summary>
    private static V1.Operator? KnownOf(OperatorInfo? info) =>
        info is { PowerVersion: > 0 } person ? ToProto(person) : null;

    private static V1.Operator? PreviewOf(OperatorReply reply)
    {
        if (reply.After is not { } info)
        {
            return null;
        }

        var after = ToProto(info);
        (after.Version, after.Etag) = (0, "");
        after.OpenProposal = after.OpenProposal is { } pending ? Announced(pending, reply) : null;
        return after;
    }

    /// <summary>A proposal that would be new has no id: another one may get it.</summary>
    private static V1.Proposal Announced(V1.Proposal proposal, OperatorReply reply)
    {
        if (reply.After is { } after && after.Proposal?.Sequence != reply.Operator?.Proposal?.Sequence)
        {
            proposal.Id = "";
        }

        return proposal;
    }

    private static IEnumerable<V1.Role> ToProto(Roles roles) =>
        Enums.Roles.Pairs.Where(pair => roles.HasFlag(pair.Domain)).Select(static pair => pair.Proto);

    /// <summary>The roles of a request; at least one.</summary>
    public static Roles FromProto(ref FieldChecks checks, IReadOnlyList<V1.Role> roles)
    {
        var result = Roles.None;
        foreach (var role in roles)
        {
            if (Enums.Roles.FromProto(role) is not { } known)
            {
                result = Roles.None;
                break;
            }

            result |= known;
        }

        if (result == Roles.None)
        {
            checks.Add("roles", $"must be some of {Enums.Roles.Names}");
        }

        return result;
    }
}
