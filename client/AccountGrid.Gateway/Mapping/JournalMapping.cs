using System.Globalization;
using System.Text.Json;
using AccountGrid.Grains;
using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.Gateway.Mapping;

/// <summary>Maps journal entries and incidents.</summary>
internal static class JournalMapping
{
    /// <summary>The largest integer up to which every reader of JSON numbers is exact.</summary>
    private const long LargestExact = 1L << 53;

    /// <summary>One entry.</summary>
    public static V1.JournalEntry ToProto(EntryInfo info) => new()
    {
        Stream = info.Stream,
        Sequence = info.Sequence,
        At = TimeMapping.ToProto(info.At),
        Actor = ActorMapping.ToProto(info.Actor),
        Type = info.Type,
        TypeVersion = info.TypeVersion,
        Data = DataOf(info.PayloadJson),
        TraceId = info.TraceId,
        RequestId = info.RequestId ?? "",
        Hash = Convert.ToHexStringLower(info.Hash.Span),
        Position = info.Position,
    };

    /// <summary>One incident.</summary>
    public static V1.Incident ToProto(IncidentInfo info)
    {
        var incident = new V1.Incident
        {
            From = TimeMapping.ToProto(info.From),
            Until = TimeMapping.ToProto(info.Until),
            Status = Enums.Status.ToProto(info.Status),
            Reason = info.Reason,
            PlacedBy = ActorMapping.ToProto(info.PlacedBy),
            ApprovedBy = info.ApprovedBy ?? "",
            EndedBy = info.EndedBy is { } endedBy ? ActorMapping.ToProto(endedBy) : null,
            ReadsRefused = info.ReadsRefused,
        };
        if (info.Followers >= 0)
        {
            incident.Followers = info.Followers;
        }

        incident.TraceIds.AddRange(info.TraceIds.IsDefault ? [] : info.TraceIds);
        incident.Sequences.AddRange(info.Sequences.IsDefault ? [] : info.Sequences);
        incident.Approvers.AddRange(
            !info.Approvers.IsDefault ? info.Approvers : info.ApprovedBy is { } first ? [first] : []);
        return incident;
    }

    private static Struct DataOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return StructOf(document.RootElement);
    }

    private static Struct StructOf(JsonElement element)
    {
        var result = new Struct();
        foreach (var property in element.EnumerateObject())
        {
            result.Fields[property.Name] = ValueOf(property.Value);
        }

        return result;
    }

    private static Value ValueOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => Value.ForStruct(StructOf(element)),
        JsonValueKind.Array => Value.ForList([.. element.EnumerateArray().Select(ValueOf)]),
        JsonValueKind.String => Value.ForString(element.GetString()),
        JsonValueKind.Number => NumberOf(element),
        JsonValueKind.True => Value.ForBool(true),
        JsonValueKind.False => Value.ForBool(false),
        _ => Value.ForNull(),
    };

    /// <summary>A Struct's numbers are doubles, so a larger integer is mapped to text.</summary>
    private static Value NumberOf(JsonElement element) =>
        element.TryGetInt64(out var integer) && integer is > LargestExact or < -LargestExact
            ? Value.ForString(integer.ToString(CultureInfo.InvariantCulture))
            : Value.ForNumber(element.GetDouble());
}
