using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The stored form of the policy's events. Stateless and thread-safe.</summary>
public sealed class PolicyEventCodec : IEventCodec<PolicyEvent>
{
    private const string Recorded = "policy-recorded";
    private const string Tightened = "policy-tightened";
    private const string Proposed = "policy-proposed";
    private const string Approved = "policy-approved";
    private const string ProposalClosed = "policy-proposal-closed";
    private const string Adopted = "policy-adopted";
    private const string AttemptRefused = "attempt-refused";

    /// <inheritdoc/>
    public EncodedEvent Encode(PolicyEvent payload) => payload switch
    {
        PolicyEvent.SettingsRecorded e => Payload.Write(Recorded, new SettingsRecordedData(e.Values)),
        PolicyEvent.Tightened e => Payload.Write(Tightened, new PolicyTightenedData(DataOf(e.Changes))),
        PolicyEvent.Proposed e => Payload.Write(
            Proposed,
            new PolicyProposedData(DataOf(e.Changes), e.Digest, e.ExpiresAt, Payload.NullIfEmpty(e.Note))),
        PolicyEvent.Approved e => Payload.Write(
            Approved, new PowerApprovedData(e.Sequence, e.EffectiveAt, Payload.NullIfEmpty(e.Note))),
        PolicyEvent.ProposalClosed e => Payload.Write(
            ProposalClosed,
            new ProposalClosedData(
                e.Sequence, e.State, e.Reason == RefusalReason.None ? null : e.Reason, Payload.NullIfEmpty(e.Note))),
        PolicyEvent.Adopted { Consent: var c } e => Payload.Write(
            Adopted,
            new PolicyAdoptedData(
                DataOf(e.Changes), new(c.ProposedBy, c.ApprovedBy, c.ProposalSequence), Payload.NullIfEmpty(e.Note))),
        PolicyEvent.AttemptRefused e =>
            Payload.Write(AttemptRefused, new AttemptRefusedData(e.Attempt, e.Reason, e.Message)),
        _ => throw new InvalidOperationException($"No stored form for {payload.GetType().Name}."),
    };

    /// <inheritdoc/>
    public Recorded<PolicyEvent> Decode(JournalEntry entry) => new(
        DecodePayload(entry), entry.Sequence, entry.At, entry.Actor, entry.RequestId, entry.RequestDigest,
        entry.TraceId);

    private static PolicyEvent DecodePayload(JournalEntry entry) => (entry.Type, entry.TypeVersion) switch
    {
        (Recorded, 1) => Unpack(Payload.Read<SettingsRecordedData>(entry)),
        (Tightened, 1) => Unpack(Payload.Read<PolicyTightenedData>(entry)),
        (Proposed, 1) => Unpack(Payload.Read<PolicyProposedData>(entry)),
        (Approved, 1) => Unpack(Payload.Read<PowerApprovedData>(entry)),
        (ProposalClosed, 1) => Unpack(Payload.Read<ProposalClosedData>(entry)),
        (Adopted, 1) => Unpack(Payload.Read<PolicyAdoptedData>(entry)),
        (AttemptRefused, 1) => Unpack(Payload.Read<AttemptRefusedData>(entry)),
        _ => throw Payload.Unknown(entry),
    };

    private static PolicyEvent.SettingsRecorded Unpack(SettingsRecordedData d) =>
        new(d.Values.WithComparers(StringComparer.Ordinal));

    private static PolicyEvent.Tightened Unpack(PolicyTightenedData d) => new(Unpack(d.Changes));

    private static PolicyEvent.Proposed Unpack(PolicyProposedData d) =>
        new(Unpack(d.Changes), d.Note ?? "", d.Digest, d.ExpiresAt);

    private static PolicyEvent.Approved Unpack(PowerApprovedData d) => new(d.Proposal, d.Note ?? "", d.EffectiveAt);

    private static PolicyEvent.ProposalClosed Unpack(ProposalClosedData d) =>
        new(d.Proposal, d.State, d.Reason ?? RefusalReason.None, d.Note ?? "");

    private static PolicyEvent.Adopted Unpack(PolicyAdoptedData d) => new(
        Unpack(d.Changes), new(d.Consent.ProposedBy, d.Consent.ApprovedBy, d.Consent.Proposal), d.Note ?? "");

    private static PolicyEvent.AttemptRefused Unpack(AttemptRefusedData d) => new(d.Attempt, d.Reason, d.Message);

    private static ImmutableArray<SettingChangeData> DataOf(ImmutableArray<SettingChange> changes) =>
        [.. changes.Select(static c => new SettingChangeData(c.Name, c.From, c.To))];

    private static ImmutableArray<SettingChange> Unpack(ImmutableArray<SettingChangeData> changes) =>
        [.. changes.Select(static c => new SettingChange(c.Name, c.From, c.To))];
}
