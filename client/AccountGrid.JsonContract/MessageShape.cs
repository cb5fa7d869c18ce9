using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Enum = System.Enum;

namespace AccountGrid.JsonContract;

/// <summary>
/// Compares JSON with a protobuf message and names every field that does not fit, so that a misspelt field is refused
/// rather than ignored: a misspelt <c>until</c> would make a suspension permanent. Made once per message type.
/// Thread-safe.
/// </summary>
internal sealed class MessageShape
{
    /// <summary>Deepest nesting of a body.</summary>
    public const int Depth = 16;

    private static readonly ConcurrentDictionary<MessageDescriptor, MessageShape> Known = new();
    private readonly FrozenDictionary<string, FieldDescriptor> _fields;

    private MessageShape(MessageDescriptor message)
    {
        var fields = new Dictionary<string, FieldDescriptor>(StringComparer.Ordinal);
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            fields[field.Name] = field;
            fields[field.JsonName] = field;
        }

        _fields = fields.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The shape of a message type.</summary>
    public static MessageShape Of(MessageDescriptor message) =>
        Known.GetOrAdd(message, static m => new MessageShape(m));

    /// <summary>The field of a JSON or proto name.</summary>
    public FieldDescriptor? Find(string name) => _fields.GetValueOrDefault(name);

    /// <summary>
    /// Checks one JSON document. What protobuf's JSON mapping allows and transcoding does not read is replaced by what
    /// means the same: <c>null</c> for a list becomes an empty list, and a time takes protobuf's form.
    /// </summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidOperationException">It holds text that is not valid Unicode.</exception>
    public void CheckJson(Memory<byte> json, RouteValueDictionary path, ref FieldViolations violations)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Depth });
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            violations.Add("body", "must be a JSON object");
            return;
        }

        CheckObject(json, document.RootElement, "", ref violations);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            // Transcoding silently prefers the path; a request that names two accounts must not pass.
            if (Find(property.Name) is { } field
                && path.TryGetValue(field.Name, out var bound) && property.Value.ToString() != (string?)bound)
            {
                violations.Add(field.JsonName, "differs from the path");
            }
        }
    }

    /// <summary>Checks one value given as text, in the path or the query.</summary>
    public static void CheckText(FieldDescriptor field, string text, ref FieldViolations violations)
    {
        if (Rule(field, text) is { } rule)
        {
            violations.Add(field.JsonName, rule);
        }
    }

    private void CheckObject(Memory<byte> json, JsonElement element, string prefix, ref FieldViolations violations)
    {
        var seen = new HashSet<int>();
        foreach (var property in element.EnumerateObject())
        {
            if (Find(property.Name) is not { } field)
            {
                violations.Add(prefix + property.Name, "is no field of this request");
            }
            else if (!seen.Add(field.FieldNumber))
            {
                violations.Add(prefix + field.JsonName, "is given twice");
            }
            else if (property.Value.ValueKind != JsonValueKind.Null)
            {
                CheckValue(json, field, property.Value, prefix + field.JsonName, ref violations);
            }
            else if (field.IsRepeated)
            {
                Replace(json, property.Value, "[]"u8);
            }
        }
    }

    private static void CheckValue(
        Memory<byte> json, FieldDescriptor field, JsonElement value, string path, ref FieldViolations violations)
    {
        if (!field.IsRepeated)
        {
            CheckOne(json, field, value, path, ref violations);
        }
        else if (value.ValueKind != JsonValueKind.Array)
        {
            violations.Add(path, "must be a list");
        }
        else
        {
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                CheckOne(
                    json,
                    field,
                    item,
                    string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]"),
                    ref violations);
            }
        }
    }

    private static void CheckOne(
        Memory<byte> json, FieldDescriptor field, JsonElement value, string path, ref FieldViolations violations)
    {
        if (field.FieldType == FieldType.Message && !IsTime(field))
        {
            if (value.ValueKind == JsonValueKind.Object)
            {
                Of(field.MessageType).CheckObject(json, value, path + ".", ref violations);
            }
            else
            {
                violations.Add(path, "must be an object");
            }

            return;
        }

        var rule = value.ValueKind switch
        {
            JsonValueKind.String => field.FieldType == FieldType.Bool
                ? "must be true or false"
                : Rule(field, value.GetString()!),
            JsonValueKind.Number => IsNumber(field) ? Rule(field, value.GetRawText()) : "must be a string",
            JsonValueKind.True or JsonValueKind.False => field.FieldType == FieldType.Bool
                ? null
                : "must not be true or false",
            _ => "must be a single value",
        };
        if (rule is not null)
        {
            violations.Add(path, rule);
        }
        else if (field.FieldType == FieldType.Message)
        {
            CanonizeTime(json, value);
        }
    }

    private static void CanonizeTime(Memory<byte> json, JsonElement value)
    {
        var text = value.GetString()!;
        if (Rfc3339.TryRead(text, out _, out var canonical) && canonical != text)
        {
            Replace(json, value, Encoding.ASCII.GetBytes($"\"{canonical}\""));
        }
    }

    /// <summary>Puts another text in the place of a value that is at least as long; blanks fill the rest.</summary>
    private static void Replace(Memory<byte> json, JsonElement value, ReadOnlySpan<byte> text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (json.Span.Overlaps(raw, out var offset))
        {
            var place = json.Span.Slice(offset, raw.Length);
            text.CopyTo(place);
            place[text.Length..].Fill((byte)' ');
        }
    }

    private static bool IsTime(FieldDescriptor field) => field.MessageType.FullName == Timestamp.Descriptor.FullName;

    private static bool IsNumber(FieldDescriptor field) => field.FieldType is FieldType.Int32 or FieldType.Int64;

    /// <summary>The rule that the text breaks, or <c>null</c>.</summary>
    private static string? Rule(FieldDescriptor field, string text) => field.FieldType switch
    {
        FieldType.String => null,
        FieldType.Int64 => IsWhole<long>(text) ? null : "must be a whole number of 64 bits",
        FieldType.Int32 => IsWhole<int>(text) ? null : "must be a whole number of 32 bits",
        FieldType.Bool => text is "true" or "false" ? null : "must be true or false",
        FieldType.Enum => field.EnumType.FindValueByName(text) is { Number: not 0 }
            ? null
            : $"must be one of {NamesOf(field.EnumType)}",
        FieldType.Message when IsTime(field) => Rfc3339.TryRead(text, out _, out _)
            ? null
            : "must be an RFC 3339 time such as 2026-01-02T03:04:05Z",
        _ => throw new NotSupportedException($"{field.FullName}: no rule for {Enum.GetName(field.FieldType)}."),
    };

    private static bool IsWhole<T>(string text)
        where T : INumberBase<T> =>
        T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) && text[0] != '+';

    private static string NamesOf(EnumDescriptor type) =>
        string.Join(", ", type.Values.Where(static v => v.Number != 0).Select(static v => v.Name));
}
