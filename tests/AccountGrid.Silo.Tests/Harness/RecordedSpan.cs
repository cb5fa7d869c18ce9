using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;

namespace AccountGrid.Silo.Tests;

/// <summary>
/// A span as a test looks at it, whoever told it: the silo's own memory, or what a collector was sent.
/// </summary>
public sealed record RecordedSpan(
    string TraceId, string SpanId, string ParentId, string Name, string Kind, DateTimeOffset Start, bool IsError,
    IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<(string TraceId, string SpanId)> Links, string Place)
{
    private static readonly string[] Kinds = ["", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];

    /// <summary>The spans of a <c>/v1/traces/{id}</c>.</summary>
    public static IReadOnlyList<RecordedSpan> FromTrace(JsonElement trace) =>
        [.. trace.GetProperty("spans").EnumerateArray().Select(static s => new RecordedSpan(
        Text(s, "traceId"), Text(s, "spanId"), Text(s, "parentSpanId"), Text(s, "name"), Text(s, "kind"),
        DateTimeOffset.Parse(Text(s, "startedAt"), CultureInfo.InvariantCulture), s.GetProperty("error").GetBoolean(),
        s.GetProperty("attributes").EnumerateObject()
            .ToDictionary(static a => a.Name, static a => a.Value.GetString()!),
        [.. s.GetProperty("links").EnumerateArray().Select(static l => (Text(l, "traceId"), Text(l, "spanId")))],
        Text(s, "place")))];

    /// <summary>The spans of an OTLP export request, of which only what is needed is read.</summary>
    public static IReadOnlyList<RecordedSpan> FromOtlp(byte[] body)
    {
        var spans = new List<RecordedSpan>();
        foreach (var resource in Messages(body, 1))
        {
            foreach (var scope in Messages(resource, 2))
            {
                spans.AddRange(Messages(scope, 2).Select(SpanOf));
            }
        }

        return spans;
    }

    private static RecordedSpan SpanOf(byte[] span)
    {
        var fields = Fields(span);
        var attributes = fields.Where(static f => f.Number == 9).Select(static f => Fields(f.Bytes!)).ToDictionary(
            static a => Text(a, 1), static a => AnyValue(a.Single(static f => f.Number == 2).Bytes!));
        var links = fields.Where(static f => f.Number == 13).Select(static f => Fields(f.Bytes!))
            .Select(static l => (Hex(l, 1), Hex(l, 2)));
        var status = fields.Where(static f => f.Number == 15).SelectMany(static f => Fields(f.Bytes!))
            .FirstOrDefault(static f => f.Number == 3).Value;
        var start = fields.Single(static f => f.Number == 7).Value;
        return new(
            Hex(fields, 1), Hex(fields, 2), Hex(fields, 4), Text(fields, 5),
            Kinds[fields.Single(static f => f.Number == 6).Value],
            DateTimeOffset.UnixEpoch.AddTicks((long)(start / 100)), status == 2, attributes, [.. links], "");
    }

    private static string AnyValue(byte[] value)
    {
        var field = Fields(value).Single();
        return field.Number switch
        {
            1 => Encoding.UTF8.GetString(field.Bytes!),
            2 => field.Value == 1 ? "True" : "False",
            _ => ((long)field.Value).ToString(CultureInfo.InvariantCulture)
        };
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static string Text(IEnumerable<Field> fields, int number) =>
        Encoding.UTF8.GetString(fields.FirstOrDefault(f => f.Number == number).Bytes ?? []);

    private static string Hex(IEnumerable<Field> fields, int number) =>
        Convert.ToHexStringLower(fields.FirstOrDefault(f => f.Number == number).Bytes ?? []);

    private static IEnumerable<byte[]> Messages(byte[] message, int number) =>
        Fields(message).Where(f => f.Number == number).Select(static f => f.Bytes!);

    private static List<Field> Fields(byte[] message)
    {
        var fields = new List<Field>();
        using var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag && tag != 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            fields.Add(WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.LengthDelimited => new(number, input.ReadBytes().ToByteArray(), 0),
                WireFormat.WireType.Fixed64 => new(number, null, input.ReadFixed64()),
                WireFormat.WireType.Fixed32 => new(number, null, input.ReadFixed32()),
                _ => new(number, null, input.ReadUInt64()),
            });
        }

        return fields;
    }

    private readonly record struct Field(int Number, byte[]? Bytes, ulong Value);
}
