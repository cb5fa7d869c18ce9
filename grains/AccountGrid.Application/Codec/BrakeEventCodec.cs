using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The stored form of the brake's events. Stateless and thread-safe.</summary>
public sealed class BrakeEventCodec : IEventCodec<BrakeEvent>
{
    private const string Engaged = "brake-engaged";
    private const string Released = "brake-released";
    private const string AttemptRefused = "attempt-refused";
    private const string Release = "release_brake";

    /// <inheritdoc/>
    public EncodedEvent Encode(BrakeEvent payload) => payload switch
    {
        BrakeEvent.Engaged e => Payload.Write(
            Engaged, new BrakeEngagedData(e.Harms, e.Reach, e.MaxHarms, e.MaxReach, e.Until)),
        BrakeEvent.Released e => Payload.Write(Released, new BrakeReleasedData(e.Note)),
        BrakeEvent.AttemptRefused e =>
            Payload.Write(AttemptRefused, new AttemptRefusedData(Release, e.Reason, e.Message)),
        _ => throw new InvalidOperationException($"No stored form for {payload.GetType().Name}."),
    };

    /// <inheritdoc/>
    public Recorded<BrakeEvent> Decode(JournalEntry entry) => new(
        DecodePayload(entry), entry.Sequence, entry.At, entry.Actor, entry.RequestId, entry.RequestDigest,
        entry.TraceId);

    private static BrakeEvent DecodePayload(JournalEntry entry) => (entry.Type, entry.TypeVersion) switch
    {
        (Engaged, 1) => Unpack(Payload.Read<BrakeEngagedData>(entry)),
        (Released, 1) => Unpack(Payload.Read<BrakeReleasedData>(entry)),
        (AttemptRefused, 1) => Unpack(Payload.Read<AttemptRefusedData>(entry)),
        _ => throw Payload.Unknown(entry),
    };

    private static BrakeEvent.Engaged Unpack(BrakeEngagedData d) =>
        new(d.Harms, d.Reach, d.MaxHarms, d.MaxReach, d.Until);

    private static BrakeEvent.Released Unpack(BrakeReleasedData d) => new(d.Note);

    private static BrakeEvent.AttemptRefused Unpack(AttemptRefusedData d) => new(d.Reason, d.Message);
}
