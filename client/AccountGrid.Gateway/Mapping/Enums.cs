using AccountGrid.Domain;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>The enums that the domain and the protocol share. Each pair of values stands here, once.</summary>
internal static class Enums
{
    public static readonly EnumMap<AccountStatus, V1.Account.Types.Status> Status = new(
        (AccountStatus.Active, V1.Account.Types.Status.Active),
        (AccountStatus.Deactivated, V1.Account.Types.Status.Deactivated),
        (AccountStatus.Suspended, V1.Account.Types.Status.Suspended),
        (AccountStatus.Erased, V1.Account.Types.Status.Erased));

    public static readonly EnumMap<Tier, V1.Account.Types.Tier> Tiers = new(
        (Tier.Standard, V1.Account.Types.Tier.Standard),
        (Tier.Protected, V1.Account.Types.Tier.Protected));

    public static readonly EnumMap<HoldKind, V1.Hold.Types.Kind> HoldKinds = new(
        (HoldKind.OwnerDeactivation, V1.Hold.Types.Kind.OwnerDeactivation),
        (HoldKind.StaffDeactivation, V1.Hold.Types.Kind.StaffDeactivation),
        (HoldKind.Suspension, V1.Hold.Types.Kind.Suspension));

    public static readonly EnumMap<CountQuality, V1.FollowerCount.Types.Quality> Qualities = new(
        (CountQuality.Exact, V1.FollowerCount.Types.Quality.Exact),
        (CountQuality.AsOf, V1.FollowerCount.Types.Quality.AsOf),
        (CountQuality.Unavailable, V1.FollowerCount.Types.Quality.Unavailable));

    public static readonly EnumMap<ActorKind, V1.Actor.Types.Kind> ActorKinds = new(
        (ActorKind.Operator, V1.Actor.Types.Kind.Operator),
        (ActorKind.Service, V1.Actor.Types.Kind.Service),
        (ActorKind.System, V1.Actor.Types.Kind.System));

    public static readonly EnumMap<HarmKind, V1.Proposal.Types.Action> Harms = new(
        (HarmKind.Deactivate, V1.Proposal.Types.Action.Deactivate),
        (HarmKind.Suspend, V1.Proposal.Types.Action.Suspend),
        (HarmKind.Erase, V1.Proposal.Types.Action.Erase),
        (HarmKind.Unprotect, V1.Proposal.Types.Action.Unprotect),
        (HarmKind.OwnerDeactivate, V1.Proposal.Types.Action.OwnerDeactivate),
        (HarmKind.AllowFollowerLoss, V1.Proposal.Types.Action.AllowFollowerLoss),
        (HarmKind.ChangeSuspension, V1.Proposal.Types.Action.ChangeSuspension));

    public static readonly EnumMap<PowerChangeKind, V1.Proposal.Types.Action> PowerChanges = new(
        (PowerChangeKind.Enroll, V1.Proposal.Types.Action.Enroll),
        (PowerChangeKind.Offboard, V1.Proposal.Types.Action.Offboard));

    public static readonly EnumMap<Standing, V1.Operator.Types.Standing> Standings = new(
        (Standing.Active, V1.Operator.Types.Standing.Active),
        (Standing.Notice, V1.Operator.Types.Standing.Notice),
        (Standing.Ended, V1.Operator.Types.Standing.Ended));

    public static readonly EnumMap<StricterWhen, V1.PolicySetting.Types.Stricter> Stricter = new(
        (StricterWhen.Lower, V1.PolicySetting.Types.Stricter.Lower),
        (StricterWhen.Higher, V1.PolicySetting.Types.Stricter.Higher),
        (StricterWhen.Fewer, V1.PolicySetting.Types.Stricter.Fewer));

    public static readonly EnumMap<Roles, V1.Role> Roles = new(
        (Domain.Roles.Support, V1.Role.Support),
        (Domain.Roles.Approver, V1.Role.Approver),
        (Domain.Roles.Auditor, V1.Role.Auditor),
        (Domain.Roles.Admin, V1.Role.Admin));
}
