using AccountGrid.Domain;
using AccountGrid.Grains;
using Status = AccountGrid.V1.Account.Types.Status;

namespace AccountGrid.Gateway.Mapping;

/// <summary>Maps accounts, holds and counts.</summary>
internal static class AccountMapping
{
    /// <summary>One account.</summary>
    public static V1.Account ToProto(AccountInfo info)
    {
        var account = new V1.Account
        {
            Id = info.Id,
            Handle = info.Handle,
            Status = ToProto(info.Status),
            Version = info.Version,
            Etag = Etag.Format(info.StateVersion),
            Tier = ToProto(info.Tier),
            Followers = ToProto(info.Followers),
        };
        if (info.Designation is { } designation)
        {
            account.Protection = ToProto(designation);
        }

        if (!info.Holds.IsDefaultOrEmpty)
        {
            foreach (var hold in info.Holds)
            {
                account.Holds.Add(ToProto(hold));
            }
        }

        if (info.Proposal is { } proposal)
        {
            account.OpenProposal = ProposalMapping.ToProto(proposal);
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
        Quality = info.Quality switch
        {
            CountQuality.Exact => V1.FollowerCount.Types.Quality.Exact,
            CountQuality.AsOf => V1.FollowerCount.Types.Quality.AsOf,
            CountQuality.Unavailable => V1.FollowerCount.Types.Quality.Unavailable,
            _ => throw new ArgumentOutOfRangeException(nameof(info), info.Quality, "Unknown quality."),
        },
        Version = info.Version,
    };

    /// <summary>A status.</summary>
    public static Status ToProto(AccountStatus status) => status switch
    {
        AccountStatus.Active => Status.Active,
        AccountStatus.Deactivated => Status.Deactivated,
        AccountStatus.Suspended => Status.Suspended,
        AccountStatus.Erased => Status.Erased,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Unknown status."),
    };

    /// <summary>A hold's kind of a request; <c>null</c> for an unknown one.</summary>
    public static HoldKind? FromProto(V1.Hold.Types.Kind kind) => kind switch
    {
        V1.Hold.Types.Kind.OwnerDeactivation => HoldKind.OwnerDeactivation,
        V1.Hold.Types.Kind.StaffDeactivation => HoldKind.StaffDeactivation,
        V1.Hold.Types.Kind.Suspension => HoldKind.Suspension,
        _ => null,
    };

    private static V1.Account.Types.Tier ToProto(Tier tier) => tier switch
    {
        Tier.Standard => V1.Account.Types.Tier.Standard,
        Tier.Protected => V1.Account.Types.Tier.Protected,
        _ => throw new ArgumentOutOfRangeException(nameof(tier), tier, "Unknown tier."),
    };

    private static V1.Protection ToProto(DesignationInfo info) => new()
    {
        Owner = info.Owner,
        Reason = info.Reason,
        At = TimeMapping.ToProto(info.At),
        ReviewAt = TimeMapping.ToProto(info.ReviewAt),
    };

    private static V1.Hold ToProto(HoldInfo info) => new()
    {
        Kind = info.Kind switch
        {
            HoldKind.OwnerDeactivation => V1.Hold.Types.Kind.OwnerDeactivation,
            HoldKind.StaffDeactivation => V1.Hold.Types.Kind.StaffDeactivation,
            HoldKind.Suspension => V1.Hold.Types.Kind.Suspension,
            _ => throw new ArgumentOutOfRangeException(nameof(info), info.Kind, "Unknown kind of hold."),
        },
        PlacedBy = ActorMapping.ToProto(info.PlacedBy),
        ApprovedBy = info.ApprovedBy ?? "",
        At = TimeMapping.ToProto(info.At),
        Reason = info.Reason,
        Until = TimeMapping.ToProto(info.Until),
    };
}
