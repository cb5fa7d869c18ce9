using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The stored form of account events. Stateless and thread-safe.</summary>
public sealed class AccountEventCodec : IEventCodec<AccountEvent>
{
    private const string Registered = "registered";
    private const string HoldPlaced = "hold-placed";
    private const string HoldLifted = "hold-lifted";
    private const string SuspensionProlonged = "suspension-prolonged";
    private const string SuspensionShortened = "suspension-shortened";
    private const string Erased = "erased";
    private const string ProtectionRaised = "protection-raised";
    private const string ProtectionLowered = "protection-lowered";
    private const string ReachProtected = "reach-protected";
    private const string ReachBelow = "reach-below";
    private const string ReachUnprotected = "reach-unprotected";
    private const string FollowersLost = "followers-lost";
    private const string LossBaseline = "loss-baseline";
    private const string FollowerLossRefused = "follower-loss-refused";
    private const string FollowerLossAllowed = "follower-loss-allowed";
    private const string FollowerLossClosed = "follower-loss-closed";
    private const string ProposalOpened = "proposal-opened";
    private const string ProposalApproved = "proposal-approved";
    private const string ActionScheduled = "action-scheduled";
    private const string ProposalClosed = "proposal-closed";
    private const string AttemptRefused = "attempt-refused";

    /// <inheritdoc/>
    public EncodedEvent Encode(AccountEvent payload) => payload switch
    {
        AccountEvent.Registered e => Payload.Write(Registered, new RegisteredData(e.Handle)),
        AccountEvent.HoldPlaced e => Payload.Write(
            HoldPlaced, new HoldPlacedData(
                Pack(e.Action), e.PlacedBy, e.Impact.Tier, e.ApprovedBy, e.ProposalSequence, e.Impact.Followers)),
        AccountEvent.HoldLifted e => Payload.Write(HoldLifted, new HoldLiftedData(
            e.Kind, e.Cause, Payload.NullIfEmpty(e.Reason), Payload.NullIfEmpty(e.Note), Payload.NullIfEmpty(e.Ticket),
            e.ReadsRefused == 0 ? null : e.ReadsRefused)),
        AccountEvent.SuspensionProlonged e => Payload.Write(
            SuspensionProlonged, new HoldPlacedData(
                Pack(e.Action), e.PlacedBy, e.Impact.Tier, e.ApprovedBy, e.ProposalSequence, e.Impact.Followers)),
        AccountEvent.SuspensionShortened e => Payload.Write(SuspensionShortened, new SuspensionShortenedData(
            e.Until, e.Reason, Payload.NullIfEmpty(e.Note), Payload.NullIfEmpty(e.Ticket))),
        AccountEvent.Erased e => Payload.Write(
            Erased, new ApprovedHarmData(
                Pack(e.Action), e.PlacedBy, e.ApprovedBy, e.ProposalSequence, e.Impact.Tier, e.Impact.Followers)),
        AccountEvent.ProtectionRaised e => Payload.Write(ProtectionRaised, new ProtectionRaisedData(
            e.Owner, e.Reason, e.ReviewAt, Payload.NullIfEmpty(e.Note), Payload.NullIfEmpty(e.Ticket))),
        AccountEvent.ProtectionLowered e => Payload.Write(
            ProtectionLowered, new ApprovedHarmData(
                Pack(e.Action), e.PlacedBy, e.ApprovedBy, e.ProposalSequence, e.Impact.Tier, e.Impact.Followers)),
        AccountEvent.ReachProtected e => Payload.Write(
            ReachProtected, new ReachProtectedData(e.Followers, e.Threshold)),
        AccountEvent.ReachBelow e => Payload.Write(ReachBelow, new ReachBelowData(e.Followers, e.Threshold, e.EndsAt)),
        AccountEvent.ReachUnprotected e => Payload.Write(
            ReachUnprotected, new ReachUnprotectedData(e.Followers, e.Threshold, e.ProposalSequence)),
        AccountEvent.FollowersLost e => Payload.Write(FollowersLost, new FollowersLostData(
            e.Lost, e.Reserved, e.Limit, e.Window, e.Slices, e.FromAllowance == 0 ? null : e.FromAllowance)),
        AccountEvent.LossBaselineNoted e => Payload.Write(LossBaseline, new LossBaselineData(e.Followers)),
        AccountEvent.FollowerLossRefused e => Payload.Write(
            FollowerLossRefused, new FollowerLossRefusedData(e.Lost, e.Limit, e.Window, e.Unfollows)),
        AccountEvent.FollowerLossAllowed e => Payload.Write(
            FollowerLossAllowed, new ApprovedHarmData(
                Pack(e.Action), e.PlacedBy, e.ApprovedBy, e.ProposalSequence, e.Impact.Tier, e.Impact.Followers)),
        AccountEvent.FollowerLossClosed e => Payload.Write(FollowerLossClosed, new FollowerLossClosedData(
            e.Cause, e.Reason, Payload.NullIfEmpty(e.Note), Payload.NullIfEmpty(e.Ticket))),
        AccountEvent.ProposalOpened e => Payload.Write(
            ProposalOpened,
            new ProposalOpenedData(Pack(e.Action), e.Digest, e.Shown.Tier, e.ExpiresAt, e.Shown.Followers)),
        AccountEvent.ProposalApproved e => Payload.Write(
            ProposalApproved, new ProposalApprovedData(e.Sequence, e.FiresAt, Payload.NullIfEmpty(e.Note))),
        AccountEvent.ActionScheduled e => Payload.Write(
            ActionScheduled,
            new ActionScheduledData(Pack(e.Action), e.Digest, e.Shown.Tier, e.FiresAt, e.Shown.Followers)),
        AccountEvent.ProposalClosed e => Payload.Write(ProposalClosed, new ProposalClosedData(
            e.Sequence, e.State, e.Reason == RefusalReason.None ? null : e.Reason, Payload.NullIfEmpty(e.Note))),
        AccountEvent.AttemptRefused e => Payload.Write(AttemptRefused, new AttemptRefusedData(
            e.Attempt, e.Reason, e.Message, e.ProposalSequence, e.Field, e.RetryAfter,
            e.Counted is { } c ? new(c.Count, c.FirstAt, c.LastAt) : null)),
        _ => throw new InvalidOperationException($"No stored form for {payload.GetType().Name}."),
    };

    /// <inheritdoc/>
    public Recorded<AccountEvent> Decode(JournalEntry entry) => new(
        DecodePayload(entry), entry.Sequence, entry.At, entry.Actor, entry.RequestId, entry.RequestDigest,
        entry.TraceId);

    private static AccountEvent DecodePayload(JournalEntry entry) => (entry.Type, entry.TypeVersion) switch
    {
        (Registered, 1) => new AccountEvent.Registered(Payload.Read<RegisteredData>(entry).Handle),
        (HoldPlaced, 1) => Unpack(Payload.Read<HoldPlacedData>(entry)),
        (HoldLifted, 1) => Unpack(Payload.Read<HoldLiftedData>(entry)),
        (SuspensionProlonged, 1) => UnpackProlonged(Payload.Read<HoldPlacedData>(entry)),
        (SuspensionShortened, 1) => Unpack(Payload.Read<SuspensionShortenedData>(entry)),
        (Erased, 1) => UnpackErased(Payload.Read<ApprovedHarmData>(entry)),
        (ProtectionRaised, 1) => Unpack(Payload.Read<ProtectionRaisedData>(entry)),
        (ProtectionLowered, 1) => UnpackLowered(Payload.Read<ApprovedHarmData>(entry)),
        (ReachProtected, 1) => Unpack(Payload.Read<ReachProtectedData>(entry)),
        (ReachBelow, 1) => Unpack(Payload.Read<ReachBelowData>(entry)),
        (ReachUnprotected, 1) => Unpack(Payload.Read<ReachUnprotectedData>(entry)),
        (FollowersLost, 1) => Unpack(Payload.Read<FollowersLostData>(entry)),
        (LossBaseline, 1) => Unpack(Payload.Read<LossBaselineData>(entry)),
        (FollowerLossRefused, 1) => Unpack(Payload.Read<FollowerLossRefusedData>(entry)),
        (FollowerLossAllowed, 1) => UnpackAllowed(Payload.Read<ApprovedHarmData>(entry)),
        (FollowerLossClosed, 1) => Unpack(Payload.Read<FollowerLossClosedData>(entry)),
        (ProposalOpened, 1) => Unpack(Payload.Read<ProposalOpenedData>(entry)),
        (ProposalApproved, 1) => Unpack(Payload.Read<ProposalApprovedData>(entry)),
        (ActionScheduled, 1) => Unpack(Payload.Read<ActionScheduledData>(entry)),
        (ProposalClosed, 1) => Unpack(Payload.Read<ProposalClosedData>(entry)),
        (AttemptRefused, 1) => Unpack(Payload.Read<AttemptRefusedData>(entry)),
        _ => throw Payload.Unknown(entry),
    };

    private static ActionData Pack(HarmAction a) =>
        new(a.Kind, a.Reason, Payload.NullIfEmpty(a.Note), Payload.NullIfEmpty(a.Ticket), a.Until, a.At,
            a.Followers == 0 ? null : a.Followers);

    private static HarmAction Unpack(ActionData d) =>
        new(d.Kind, d.Reason, d.Note ?? "", d.Ticket ?? "", d.Until, d.At, d.Followers ?? 0);

    private static AccountEvent.HoldPlaced Unpack(HoldPlacedData d) =>
        new(Unpack(d.Action), d.By, d.ApprovedBy, d.Proposal, new Impact(d.Followers, d.Tier));

    private static AccountEvent.HoldLifted Unpack(HoldLiftedData d) =>
        new(d.Kind, d.Cause, d.Reason ?? "", d.Note ?? "", d.Ticket ?? "", d.ReadsRefused ?? 0);

    private static AccountEvent.SuspensionProlonged UnpackProlonged(HoldPlacedData d) =>
        new(Unpack(d.Action), d.By, d.ApprovedBy, d.Proposal, new Impact(d.Followers, d.Tier));

    private static AccountEvent.SuspensionShortened Unpack(SuspensionShortenedData d) =>
        new(d.Until, d.Reason, d.Note ?? "", d.Ticket ?? "");

    private static AccountEvent.Erased UnpackErased(ApprovedHarmData d) =>
        new(Unpack(d.Action), d.By, d.ApprovedBy, d.Proposal, new Impact(d.Followers, d.Tier));

    private static AccountEvent.ProtectionLowered UnpackLowered(ApprovedHarmData d) =>
        new(Unpack(d.Action), d.By, d.ApprovedBy, d.Proposal, new Impact(d.Followers, d.Tier));

    private static AccountEvent.ProtectionRaised Unpack(ProtectionRaisedData d) =>
        new(d.Owner, d.Reason, d.Note ?? "", d.Ticket ?? "", d.ReviewAt);

    private static AccountEvent.ReachProtected Unpack(ReachProtectedData d) => new(d.Followers, d.Threshold);

    private static AccountEvent.ReachBelow Unpack(ReachBelowData d) => new(d.Followers, d.Threshold, d.EndsAt);

    private static AccountEvent.ReachUnprotected Unpack(ReachUnprotectedData d) =>
        new(d.Followers, d.Threshold, d.Proposal);

    private static AccountEvent.FollowersLost Unpack(FollowersLostData d) =>
        new(d.Lost, d.Reserved, d.Limit, d.Window, d.FromAllowance ?? 0, d.Slices);

    private static AccountEvent.LossBaselineNoted Unpack(LossBaselineData d) => new(d.Followers);

    private static AccountEvent.FollowerLossRefused Unpack(FollowerLossRefusedData d) =>
        new(d.Lost, d.Limit, d.Window, d.Unfollows);

    private static AccountEvent.FollowerLossAllowed UnpackAllowed(ApprovedHarmData d) =>
        new(Unpack(d.Action), d.By, d.ApprovedBy, d.Proposal, new Impact(d.Followers, d.Tier));

    private static AccountEvent.FollowerLossClosed Unpack(FollowerLossClosedData d) =>
        new(d.Cause, d.Reason, d.Note ?? "", d.Ticket ?? "");

    private static AccountEvent.ProposalOpened Unpack(ProposalOpenedData d) =>
        new(Unpack(d.Action), d.Digest, new Impact(d.Followers, d.Tier), d.ExpiresAt);

    private static AccountEvent.ProposalApproved Unpack(ProposalApprovedData d) =>
        new(d.Proposal, d.Note ?? "", d.FiresAt);

    private static AccountEvent.ActionScheduled Unpack(ActionScheduledData d) =>
        new(Unpack(d.Action), d.Digest, new Impact(d.Followers, d.Tier), d.FiresAt);

    private static AccountEvent.ProposalClosed Unpack(ProposalClosedData d) =>
        new(d.Proposal, d.State, d.Reason ?? RefusalReason.None, d.Note ?? "");

    private static AccountEvent.AttemptRefused Unpack(AttemptRefusedData d) =>
        new(d.Attempt, d.Reason, d.Message, d.Proposal, d.Field, d.RetryAfter,
            d.Counted is { } c ? new(c.Count, c.FirstAt, c.LastAt) : null);
}
