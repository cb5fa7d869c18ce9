using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>A published view of an account to what readers get.</summary>
internal static class AccountMapping
{
    /// <summary>What staff and services get.</summary>
    public static Answer<AccountInfo> ToAnswer(this AccountView view) =>
        view.State.IsRegistered ? new(view.ToInfo(), null) : Unknown(view).ToAnswer<AccountInfo>();

    /// <summary>What a visitor gets, who cannot tell an account that is down from one that never was.</summary>
    public static Answer<PublicAccountInfo> ToPublicAnswer(this AccountView view) =>
        view.State is { IsRegistered: true, Status: AccountStatus.Active }
            ? new(view.ToPublicInfo(), null)
            : Unknown(view).ToAnswer<PublicAccountInfo>();

    public static AccountInfo ToInfo(this AccountView view)
    {
        var state = view.State;
        return new(
            state.Id.Value, state.Handle, state.Status, state.Version, state.StateVersion, view.Tier,
            state.Designation?.ToInfo(),
            ImmutableArray.CreateRange(state.Holds, ToInfo), state.Proposal?.ToInfo(state.Id), ToFollowers(view))
        {
            Reach = state.Reach is { } reach ? new(reach.Since, reach.BelowSince, reach.EndsAt) : null,
            Losses = state.Losses is { } losses && view.Tier == Tier.Protected ? losses.ToInfo() : null,
        };
    }

    public static PublicAccountInfo ToPublicInfo(this AccountView view) =>
        new(view.State.Id.Value, view.State.Handle, ToFollowers(view));

    public static FollowersInfo ToInfo(this FollowerCount count) =>
        new(count.Count, count.AsOf, CountQuality.Exact, count.Version);

    public static ActorInfo ToInfo(this Actor actor) => new(actor.Kind, actor.Subject);

    private static Refusal Unknown(AccountView view) => Refusal.NotFound($"account {view.State.Id}");

    /// <summary>Law 3: exact, or it says it is not.</summary>
    private static FollowersInfo ToFollowers(AccountView view) =>
        view.Followers is { } exact ? exact.ToInfo()
        : view.LastKnownFollowers is { } old ? old.ToInfo() with { Quality = CountQuality.AsOf }
        : new(0, DateTimeOffset.UnixEpoch, CountQuality.Unavailable, 0);

    private static LossInfo ToInfo(this FollowerLosses losses) => new(
        losses.Note?.Lost ?? 0, losses.Note?.Limit ?? 0, losses.Note?.At, losses.RefusedAt,
        losses.Allowance is { } a ? new(a.Followers, a.Until, a.PlacedBy.ToInfo(), a.ApprovedBy.Value, a.At) : null);

    private static DesignationInfo ToInfo(this Designation designation) =>
        new(designation.Owner.Value, designation.Reason, designation.At, designation.ReviewAt);

    private static HoldInfo ToInfo(Hold hold) =>
        new(hold.Kind, hold.PlacedBy.ToInfo(), hold.ApprovedBy?.Value, hold.At, hold.Reason, hold.Until);

    private static ProposalInfo ToInfo(this Proposal proposal, AccountId account) => new(
        account.Value, proposal.Sequence, proposal.State, proposal.Action.ToInput(), proposal.Digest,
        proposal.Shown.Followers, proposal.Shown.Tier,
        proposal.ProposedBy.ToInfo(), proposal.ProposedAt, proposal.ApprovedBy?.Value, proposal.DueAt);
}
