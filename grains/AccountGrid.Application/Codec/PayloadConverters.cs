using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Instants as ISO 8601 in UTC, cut to whole microseconds, without trailing zeros: <c>2017-11-02T22:52:00.5Z</c>.
/// </summary>
internal sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffset.TryParseExact(
            reader.GetString(), Format, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? instant
            : throw new JsonException("An instant is not of its form.");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Microseconds.Truncate(value).ToString(Format, CultureInfo.InvariantCulture));
}

/// <summary>Actors as one text: <c>op/kim</c>, <c>svc/web</c>, <c>system</c>.</summary>
internal sealed class ActorConverter : JsonConverter<Actor>
{
    private const string OperatorPrefix = "op/";
    private const string ServicePrefix = "svc/";
    private const string SystemText = "system";

    public override Actor Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString() ?? "";
        return text == SystemText ? Actor.System
            : text.StartsWith(ServicePrefix, StringComparison.Ordinal) ? Actor.Service(text[ServicePrefix.Length..])
            : text.StartsWith(OperatorPrefix, StringComparison.Ordinal)
                && OperatorId.TryParse(text[OperatorPrefix.Length..], out var person)
                ? Actor.Operator(person)
                : throw new JsonException("An actor is not of its form.");
    }

    public override void Write(Utf8JsonWriter writer, Actor value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Kind switch
        {
            ActorKind.Operator => OperatorPrefix + value.Subject,
            ActorKind.Service => ServicePrefix + value.Subject,
            ActorKind.System => SystemText,
            _ => throw new InvalidOperationException($"Unknown actor kind {value.Kind}."),
        });
}

/// <summary>Operator ids as their text.</summary>
internal sealed class OperatorIdConverter : JsonConverter<OperatorId>
{
    public override OperatorId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        OperatorId.TryParse(reader.GetString(), out var id)
            ? id
            : throw new JsonException("An operator id is not of its form.");

    public override void Write(Utf8JsonWriter writer, OperatorId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

/// <summary>Account ids as numbers.</summary>
internal sealed class AccountIdConverter : JsonConverter<AccountId>
{
    public override AccountId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TryGetInt64(out var value) && AccountId.TryCreate(value, out var id)
            ? id
            : throw new JsonException("An account id is not of its form.");

    public override void Write(Utf8JsonWriter writer, AccountId value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Value);
}

/// <summary>Enumerations as stable lower-case names: <c>staff_deactivation</c>. A number is not accepted.</summary>
/// <typeparam name="TEnum">The enumeration.</typeparam>
internal sealed class NameConverter<TEnum>() : JsonStringEnumConverter<TEnum>(
    JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;

/// <summary>Refusal reasons as the wire writes them: <c>SAME_PERSON</c>.</summary>
internal sealed class ReasonConverter() : JsonStringEnumConverter<RefusalReason>(
    JsonNamingPolicy.SnakeCaseUpper, allowIntegerValues: false);

/// <summary>
/// Roles as a list of single ones, never by a name for several: what such a name means may change, what was granted
/// must not.
/// </summary>
internal sealed class RolesConverter : JsonConverter<Roles>
{
    private static readonly FrozenDictionary<string, Roles> ByName = Enum.GetValues<Roles>()
        .Where(r => BitOperations.IsPow2((int)r)).ToFrozenDictionary(
            r => JsonNamingPolicy.SnakeCaseLower.ConvertName(r.ToString()));

    public override Roles Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("Roles are a list.");
        }

        var roles = Roles.None;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            roles |= reader.TokenType == JsonTokenType.String && ByName.TryGetValue(reader.GetString()!, out var role)
                ? role
                : throw new JsonException("A role is unknown.");
        }

        return roles;
    }

    public override void Write(Utf8JsonWriter writer, Roles value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var (name, role) in ByName.OrderBy(r => r.Value))
        {
            if (value.HasFlag(role))
            {
                writer.WriteStringValue(name);
            }
        }

        writer.WriteEndArray();
    }
}
