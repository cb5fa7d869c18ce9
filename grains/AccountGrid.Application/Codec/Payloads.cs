using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AccountGrid.Domain;

namespace AccountGrid.Application;

// The stored form of every event, apart from the domain's own records so that renaming one of those can never change a
// journal. What is absent or empty is left out. A changed form gets a new record and a new type version; these stay
// readable for ever.

internal sealed record ActionData(
    HarmKind Kind, string Reason, string? Note = null, string? Ticket = null, DateTimeOffset? Until = null,
    DateTimeOffset? At = null, long? Followers = null);

internal sealed record RegisteredData(string Handle);

internal sealed record HoldPlacedData(
    ActionData Action, Actor By, Tier Tier, OperatorId? ApprovedBy = null, long? Proposal = null,
    long? Followers = null);

internal sealed record HoldLiftedData(
    HoldKind Kind, LiftCause Cause, string? Reason = null, string? Note = null, string? Ticket = null,
    long? ReadsRefused = null);

internal sealed record SuspensionShortenedData(
    DateTimeOffset Until, string Reason, string? Note = null, string? Ticket = null);

/// <summary>What two people did: an erasure, a lowered protection.</summary>
internal sealed record ApprovedHarmData(
    ActionData Action, Actor By, OperatorId ApprovedBy, long Proposal, Tier Tier, long? Followers = null);

internal sealed record ProtectionRaisedData(
    OperatorId Owner, string Reason, DateTimeOffset ReviewAt, string? Note = null, string? Ticket = null);

internal sealed record ProposalOpenedData(
    ActionData Action, string Digest, Tier Tier, DateTimeOffset ExpiresAt, long? Followers = null);

internal sealed record ProposalApprovedData(long Proposal, DateTimeOffset FiresAt, string? Note = null);

internal sealed record ActionScheduledData(
    ActionData Action, string Digest, Tier Tier, DateTimeOffset FiresAt, long? Followers = null);

internal sealed record ProposalClosedData(
    long Proposal, ProposalState State, RefusalReason? Reason = null, string? Note = null);

internal sealed record AttemptRefusedData(
    string Attempt, RefusalReason Reason, string Message, long? Proposal = null, string? Field = null,
    TimeSpan? RetryAfter = null, CountedData? Counted = null);

internal sealed record ReachProtectedData(long Followers, long Threshold);

internal sealed record ReachBelowData(long Followers, long Threshold, DateTimeOffset EndsAt);

internal sealed record ReachUnprotectedData(long Followers, long Threshold, long? Proposal = null);

internal sealed record FollowersLostData(
    long Lost, long Reserved, long Limit, TimeSpan Window, ImmutableArray<long> Slices, long? FromAllowance = null);

internal sealed record LossBaselineData(long Followers);

internal sealed record FollowerLossRefusedData(long Lost, long Limit, TimeSpan Window, long Unfollows);

internal sealed record FollowerLossClosedData(
    LiftCause Cause, string Reason, string? Note = null, string? Ticket = null);

internal sealed record CountedData(long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt);

/// <summary>The two admins behind a change of power that took two.</summary>
internal sealed record ConsentData(OperatorId ProposedBy, OperatorId ApprovedBy, long Proposal);

internal sealed record EnrolledData(
    Roles Roles, string? DisplayName = null, DateTimeOffset? AuthorityEndsAt = null, string? PersonId = null,
    string? Note = null, ConsentData? Consent = null, string? Founders = null);

internal sealed record OffboardedData(
    DateTimeOffset AuthorityEndsAt, string? Note = null, ConsentData? Consent = null);

internal sealed record PowerProposedData(
    PowerChangeKind Kind, Roles Roles, string Digest, DateTimeOffset ExpiresAt, string? DisplayName = null,
    DateTimeOffset? AuthorityEndsAt = null, string? PersonId = null, string? Note = null);

internal sealed record PowerApprovedData(long Proposal, DateTimeOffset EffectiveAt, string? Note = null);

internal sealed record FrozenData;

internal sealed record ActsUndoneData(DateTimeOffset Since, int Accounts, string? Note = null);

internal sealed record ServiceActsUndoneData(
    OperatorId Service, DateTimeOffset Since, int Accounts, string? Note = null);

internal sealed record BrakeEngagedData(int Harms, long Reach, int MaxHarms, long MaxReach, DateTimeOffset Until);

internal sealed record BrakeReleasedData(string Note);

internal sealed record SettingsRecordedData(ImmutableSortedDictionary<string, string> Values);

internal sealed record SettingChangeData(string Name, string From, string To);

internal sealed record PolicyTightenedData(ImmutableArray<SettingChangeData> Changes);

internal sealed record PolicyProposedData(
    ImmutableArray<SettingChangeData> Changes, string Digest, DateTimeOffset ExpiresAt, string? Note = null);

internal sealed record PolicyAdoptedData(
    ImmutableArray<SettingChangeData> Changes, ConsentData Consent, string? Note = null);

[JsonSerializable(typeof(RegisteredData))]
[JsonSerializable(typeof(HoldPlacedData))]
[JsonSerializable(typeof(HoldLiftedData))]
[JsonSerializable(typeof(SuspensionShortenedData))]
[JsonSerializable(typeof(ApprovedHarmData))]
[JsonSerializable(typeof(ProtectionRaisedData))]
[JsonSerializable(typeof(ProposalOpenedData))]
[JsonSerializable(typeof(ProposalApprovedData))]
[JsonSerializable(typeof(ActionScheduledData))]
[JsonSerializable(typeof(ProposalClosedData))]
[JsonSerializable(typeof(AttemptRefusedData))]
[JsonSerializable(typeof(ReachProtectedData))]
[JsonSerializable(typeof(ReachBelowData))]
[JsonSerializable(typeof(ReachUnprotectedData))]
[JsonSerializable(typeof(FollowersLostData))]
[JsonSerializable(typeof(LossBaselineData))]
[JsonSerializable(typeof(FollowerLossRefusedData))]
[JsonSerializable(typeof(FollowerLossClosedData))]
[JsonSerializable(typeof(EnrolledData))]
[JsonSerializable(typeof(OffboardedData))]
[JsonSerializable(typeof(PowerProposedData))]
[JsonSerializable(typeof(PowerApprovedData))]
[JsonSerializable(typeof(FrozenData))]
[JsonSerializable(typeof(ActsUndoneData))]
[JsonSerializable(typeof(ServiceActsUndoneData))]
[JsonSerializable(typeof(BrakeEngagedData))]
[JsonSerializable(typeof(BrakeReleasedData))]
[JsonSerializable(typeof(SettingsRecordedData))]
[JsonSerializable(typeof(PolicyTightenedData))]
[JsonSerializable(typeof(PolicyProposedData))]
[JsonSerializable(typeof(PolicyAdoptedData))]
internal sealed partial class PayloadContext : JsonSerializerContext;

/// <summary>Reads and writes payloads: strict when reading, compact when writing.</summary>
internal static class Payload
{
    private static readonly PayloadContext Context = new(Options());

    /// <summary>The settings that journals and snapshots share.</summary>
    public static JsonSerializerOptions Options() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        // Nothing here is ever put into HTML as it stands, and a note in Arabic must not take six bytes a letter.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new InstantConverter(), new ActorConverter(), new OperatorIdConverter(), new AccountIdConverter(),
                new ReasonConverter(),
            new NameConverter<HarmKind>(), new NameConverter<HoldKind>(), new NameConverter<LiftCause>(),
                new NameConverter<Tier>(),
            new NameConverter<PowerChangeKind>(), new NameConverter<ProposalState>(), new NameConverter<Outcome>(),
                new RolesConverter(),
        },
    };

    public static EncodedEvent Write<T>(string type, T data) =>
        new(type, TypeVersion: 1, JsonSerializer.SerializeToUtf8Bytes(data, TypeInfo<T>()));

    public static T Read<T>(JournalEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Payload.Span, TypeInfo<T>())
                ?? throw new JsonException("The payload is null.");
        }
        catch (JsonException)
        {
            // The cause is not passed on: it can quote the payload, and a note must not reach a log.
            throw Unknown(entry, "payload of another form");
        }
    }

    public static UnknownFormatException Unknown(JournalEntry entry, string what = "event type or version") =>
        new($"{what}, {entry.Type} version {entry.TypeVersion}, in entry {entry.Sequence} of {entry.Stream}");

    public static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Context.GetTypeInfo(typeof(T))!;
}
