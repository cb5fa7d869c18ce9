using AccountGrid.Domain;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>Maps accounts, holds and counts.</summary>
internal static class AccountMapping
{
    /// <summary>One account, as the viewer may see it.</summary>
    public static V1.Account ToProto(AccountInfo info, Viewer viewer)
    {
        var account = new V1.Account
        {
            Id = info.Id,
            Handle = info.Handle,
            Status = Enums.Status.ToProto(info.Status),
            Version = info.Version,
            Etag = Etag.Format(info.StateVersion),
            Tier = Enums.Tiers.ToProto(info.Tier),
            Followers = ToProto(info.Followers),
        };
        if (info.Reach is { } reach)
        {
            account.ReachProtection = new()
            {
                Since = TimeMapping.ToProto(reach.Since),
                BelowSince = TimeMapping.ToProto(reach.BelowSince),
                EndsAt = TimeMapping.ToProto(reach.EndsAt),
            };
        }

        if (!info.Holds.IsDefaultOrEmpty)
        {
            foreach (var hold in info.Holds)
            {
                account.Holds.Add(ToProto(hold, viewer));
            }
        }

        return viewer == Viewer.Staff ? AddStaffs(account, info) : account;
    }

    /// <summary>What only staff see of an account.</summary>
    private static V1.Account AddStaffs(V1.Account account, AccountInfo info)
    {
        if (info.Designation is { } designation)
        {
            account.Protection = ToProto(designation);
        }

        if (info.Proposal is { } proposal)
        {
            account.OpenProposal = ProposalMapping.ToProto(proposal);
        }

        if (info.Losses is { } losses)
        {
            account.FollowerLoss = ToProto(losses);
        }

        return account;
    }

    /// <summary>What a visitor may see of an account.</summary>
    public static V1.PublicAccount ToProto(PublicAccountInfo info) =>
        new() { Id = info.Id, Handle = info.Handle, Followers = ToProto(info.Followers) };

    /// <summary>A count.</summary>
    public static V1.FollowerCount ToProto(FollowersInfo info) => new()
    {
        Count = info.Count,
        AsOf = info.AsOf <= DateTimeOffset.UnixEpoch ? null : TimeMapping.ToProto(info.AsOf),
        Quality = Enums.Qualities.ToProto(info.Quality),
        Version = info.Version,
    };

    private static V1.FollowerLoss ToProto(LossInfo info) => new()
    {
        Lost = info.Lost,
        Limit = info.Limit,
        AsOf = TimeMapping.ToProto(info.AsOf),
        RefusedAt = TimeMapping.ToProto(info.RefusedAt),
        Allowance = info.Allowance is not { } allowance ? null : new()
        {
            Followers = allowance.Followers,
            Until = TimeMapping.ToProto(allowance.Until),
            PlacedBy = ActorMapping.ToProto(allowance.PlacedBy),
            ApprovedBy = allowance.ApprovedBy,
        },
    };

    private static V1.Protection ToProto(DesignationInfo info) => new()
    {
        Owner = info.Owner,
        Reason = info.Reason,
        At = TimeMapping.ToProto(info.At),
        ReviewAt = TimeMapping.ToProto(info.ReviewAt),
    };

    private static V1.Hold ToProto(HoldInfo info, Viewer viewer)
    {
        var hold = new V1.Hold
        {
            Kind = Enums.HoldKinds.ToProto(info.Kind),
            At = TimeMapping.ToProto(info.At),
            Reason = info.Reason,
            Until = TimeMapping.ToProto(info.Until),
        };
        if (viewer == Viewer.Staff)
        {
            hold.PlacedBy = ActorMapping.ToProto(info.PlacedBy);
            hold.ApprovedBy = info.ApprovedBy ?? "";
        }

        return hold;
    }
}
