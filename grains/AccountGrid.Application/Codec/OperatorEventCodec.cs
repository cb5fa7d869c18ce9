using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The stored form of operator events. Stateless and thread-safe.</summary>
public sealed class OperatorEventCodec : IEventCodec<OperatorEvent>
{
    private const string Enrolled = "enrolled";
    private const string Offboarded = "offboarded";
    private const string Frozen = "frozen";
    private const string PowerProposed = "power-proposed";
    private const string PowerApproved = "power-approved";
    private const string PowerProposalClosed = "power-proposal-closed";
    private const string ActsUndone = "acts-undone";
    private const string ServiceActsUndone = "service-acts-undone";
    private const string AttemptRefused = "attempt-refused";

    /// <inheritdoc/>
    public EncodedEvent Encode(OperatorEvent payload) => payload switch
    {
        OperatorEvent.Enrolled e => Payload.Write(
            Enrolled,
            new EnrolledData(
                e.Roles, Payload.NullIfEmpty(e.DisplayName), e.AuthorityEndsAt, Payload.NullIfEmpty(e.PersonId),
                Payload.NullIfEmpty(e.Note), DataOf(e.Consent), Payload.NullIfEmpty(e.Founders))),
        OperatorEvent.Offboarded e => Payload.Write(
            Offboarded,
            new OffboardedData(e.AuthorityEndsAt, Payload.NullIfEmpty(e.Note), DataOf(e.Consent))),
        OperatorEvent.PowerProposed { Change: var c } e => Payload.Write(
            PowerProposed,
            new PowerProposedData(
                c.Kind, c.Roles, e.Digest, e.ExpiresAt, Payload.NullIfEmpty(c.DisplayName), c.AuthorityEndsAt,
                Payload.NullIfEmpty(c.PersonId), Payload.NullIfEmpty(c.Note))),
        OperatorEvent.PowerApproved e => Payload.Write(
            PowerApproved, new PowerApprovedData(e.Sequence, e.EffectiveAt, Payload.NullIfEmpty(e.Note))),
        OperatorEvent.PowerProposalClosed e => Payload.Write(
            PowerProposalClosed,
            new ProposalClosedData(
                e.Sequence, e.State, e.Reason == RefusalReason.None ? null : e.Reason, Payload.NullIfEmpty(e.Note))),
        OperatorEvent.Frozen => Payload.Write(Frozen, new FrozenData()),
        OperatorEvent.ActsUndone e =>
            Payload.Write(ActsUndone, new ActsUndoneData(e.Since, e.Accounts, Payload.NullIfEmpty(e.Note))),
        OperatorEvent.ServiceActsUndone e => Payload.Write(
            ServiceActsUndone,
            new ServiceActsUndoneData(e.Service, e.Since, e.Accounts, Payload.NullIfEmpty(e.Note))),
        OperatorEvent.AttemptRefused e =>
            Payload.Write(AttemptRefused, new AttemptRefusedData(e.Attempt, e.Reason, e.Message)),
        _ => throw new InvalidOperationException($"No stored form for {payload.GetType().Name}."),
    };

    /// <inheritdoc/>
    public Recorded<OperatorEvent> Decode(JournalEntry entry) => new(
        DecodePayload(entry), entry.Sequence, entry.At, entry.Actor, entry.RequestId, entry.RequestDigest,
        entry.TraceId);

    private static OperatorEvent DecodePayload(JournalEntry entry) => (entry.Type, entry.TypeVersion) switch
    {
        (Enrolled, 1) => Unpack(Payload.Read<EnrolledData>(entry)),
        (Offboarded, 1) => Unpack(Payload.Read<OffboardedData>(entry)),
        (Frozen, 1) => Unpack(Payload.Read<FrozenData>(entry)),
        (PowerProposed, 1) => Unpack(Payload.Read<PowerProposedData>(entry)),
        (PowerApproved, 1) => Unpack(Payload.Read<PowerApprovedData>(entry)),
        (PowerProposalClosed, 1) => Unpack(Payload.Read<ProposalClosedData>(entry)),
        (ActsUndone, 1) => Unpack(Payload.Read<ActsUndoneData>(entry)),
        (ServiceActsUndone, 1) => Unpack(Payload.Read<ServiceActsUndoneData>(entry)),
        (AttemptRefused, 1) => Unpack(Payload.Read<AttemptRefusedData>(entry)),
        _ => throw Payload.Unknown(entry),
    };

    private static OperatorEvent.Enrolled Unpack(EnrolledData d) => new(
        d.Roles, d.DisplayName ?? "", d.AuthorityEndsAt, d.PersonId ?? "", d.Note ?? "", Unpack(d.Consent),
        d.Founders ?? "");

    private static OperatorEvent.Offboarded Unpack(OffboardedData d) =>
        new(d.AuthorityEndsAt, d.Note ?? "", Unpack(d.Consent));

    private static OperatorEvent.PowerProposed Unpack(PowerProposedData d) => new(
        new(d.Kind, d.Roles, d.DisplayName ?? "", d.AuthorityEndsAt, d.PersonId ?? "", d.Note ?? ""), d.Digest,
        d.ExpiresAt);

    private static OperatorEvent.PowerApproved Unpack(PowerApprovedData d) =>
        new(d.Proposal, d.Note ?? "", d.EffectiveAt);

    private static OperatorEvent.PowerProposalClosed Unpack(ProposalClosedData d) =>
        new(d.Proposal, d.State, d.Reason ?? RefusalReason.None, d.Note ?? "");

    private static ConsentData? DataOf(Consent? consent) =>
        consent is { } c ? new(c.ProposedBy, c.ApprovedBy, c.ProposalSequence) : null;

    private static Consent? Unpack(ConsentData? d) =>
        d is null ? null : new(d.ProposedBy, d.ApprovedBy, d.Proposal);

    private static OperatorEvent.Frozen Unpack(FrozenData _) => new();

    private static OperatorEvent.ActsUndone Unpack(ActsUndoneData d) => new(d.Since, d.Accounts, d.Note ?? "");

    private static OperatorEvent.ServiceActsUndone Unpack(ServiceActsUndoneData d) =>
        new(d.Service, d.Since, d.Accounts, d.Note ?? "");

    private static OperatorEvent.AttemptRefused Unpack(AttemptRefusedData d) => new(d.Attempt, d.Reason, d.Message);
}
