using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The stored form of operator events. Stateless and thread-safe.</summary>
public sealed class OperatorEventCodec : IEventCodec<OperatorEvent>
{
    private const string Enrolled = "enrolled";
    private const string Offboarded = "offboarded";
    private const string Frozen = "frozen";
    private const string ActsUndone = "acts-undone";
    private const string AttemptRefused = "attempt-refused";

    /// <inheritdoc/>
    public EncodedEvent Encode(OperatorEvent payload) => payload switch
    {
        OperatorEvent.Enrolled e => Payload.Write(
            Enrolled, new EnrolledData(e.Roles, Payload.NullIfEmpty(e.DisplayName), e.AuthorityEndsAt)),
        OperatorEvent.Offboarded e =>
            Payload.Write(Offboarded, new OffboardedData(e.AuthorityEndsAt, Payload.NullIfEmpty(e.Note))),
        OperatorEvent.Frozen => Payload.Write(Frozen, new FrozenData()),
        OperatorEvent.ActsUndone e =>
            Payload.Write(ActsUndone, new ActsUndoneData(e.Since, e.Accounts, Payload.NullIfEmpty(e.Note))),
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
        (ActsUndone, 1) => Unpack(Payload.Read<ActsUndoneData>(entry)),
        (AttemptRefused, 1) => Unpack(Payload.Read<AttemptRefusedData>(entry)),
        _ => throw Payload.Unknown(entry),
    };

    private static OperatorEvent.Enrolled Unpack(EnrolledData d) =>
        new(d.Roles, d.DisplayName ?? "", d.AuthorityEndsAt);

    private static OperatorEvent.Offboarded Unpack(OffboardedData d) => new(d.AuthorityEndsAt, d.Note ?? "");

    private static OperatorEvent.Frozen Unpack(FrozenData _) => new();

    private static OperatorEvent.ActsUndone Unpack(ActsUndoneData d) => new(d.Since, d.Accounts, d.Note ?? "");

    private static OperatorEvent.AttemptRefused Unpack(AttemptRefusedData d) => new(d.Attempt, d.Reason, d.Message);
}
