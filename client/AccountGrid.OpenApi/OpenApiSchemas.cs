using System.Text.Json.Nodes;
using Google.Api;
using Google.Protobuf.Reflection;

namespace AccountGrid.OpenApi;

/// <summary>
/// JSON schemas of protobuf messages as proto JSON writes them: 64-bit numbers as strings, enums by name, times as RFC
/// 3339. Collects every schema that is referred to.
/// </summary>
internal sealed class OpenApiSchemas(ProtoComments comments)
{
    private const string ErrorName = "Error";
    private readonly SortedDictionary<string, JsonObject?> _named = new(StringComparer.Ordinal);

    /// <summary>All schemas referred to so far, by name.</summary>
    public JsonObject ToJson() => new(_named.Select(n => KeyValuePair.Create(n.Key, (JsonNode?)n.Value!.DeepClone())));

    /// <summary>A reference to the message's schema, which is made on first use.</summary>
    public JsonObject Of(MessageDescriptor message)
    {
        if (WellKnown(message) is { } known)
        {
            return known;
        }

        var name = Name(message.FullName, message.File.Package);
        if (_named.TryAdd(name, null))
        {
            _named[name] = Body(message, []);
        }

        return Reference(name);
    }

    /// <summary>The schema of one field, lists and maps included.</summary>
    public JsonObject Of(FieldDescriptor field)
    {
        var one = field.IsMap
            ? new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = Of(field.MessageType.FindFieldByNumber(2)),
            }
            : One(field);
        return field is { IsRepeated: true, IsMap: false }
            ? new JsonObject { ["type"] = "array", ["items"] = one }
            : one;
    }

    /// <summary>The message as an object schema written out, without the fields in <paramref name="inPath"/>.</summary>
    public JsonObject Body(MessageDescriptor message, HashSet<FieldDescriptor> inPath)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var field in message.Fields.InFieldNumberOrder().Where(f => !inPath.Contains(f)))
        {
            var schema = OpenApiDocument.Described(Of(field), comments.Of(field.FullName));
            if (Has(field, FieldBehavior.OutputOnly))
            {
                schema["readOnly"] = true;
            }

            properties[field.JsonName] = schema;
            if (Has(field, FieldBehavior.Required))
            {
                required.Add(field.JsonName);
            }
        }

        var body = OpenApiDocument.Described(new JsonObject { ["type"] = "object" }, comments.Of(message.FullName));
        body["properties"] = properties;
        if (required.Count > 0)
        {
            body["required"] = required;
        }

        return body;
    }

    /// <summary>A reference to the one shape of every error.</summary>
    public JsonObject Error()
    {
        if (_named.TryAdd(ErrorName, null))
        {
            _named[ErrorName] = (JsonObject)JsonNode.Parse("""
                {"type":"object","description":"google.rpc.Status.","required":["code","message","details"],"properties":{
                 "code":{"type":"integer","description":"The gRPC status code."},
                 "message":{"type":"string"},
                 "details":{"type":"array","items":{"type":"object","required":["@type"],"properties":{
                  "@type":{"type":"string","examples":["type.googleapis.com/google.rpc.ErrorInfo"]},
                  "reason":{"type":"string","description":"Stable; of ErrorInfo."},
                  "domain":{"type":"string","description":"Always accountgrid; of ErrorInfo."},
                  "metadata":{"type":"object","additionalProperties":{"type":"string"}},
                  "fieldViolations":{"type":"array","description":"Of BadRequest.","items":{"type":"object","properties":{
                   "field":{"type":"string"},"description":{"type":"string"}}}},
                  "retryDelay":{"type":"string","description":"Seconds, such as 1.5s; of RetryInfo."}}}}}}
                """)!;
        }

        return Reference(ErrorName);
    }

    /// <summary>True when the field can stand in a path or a query.</summary>
    public static bool IsScalar(FieldDescriptor field) =>
        field.FieldType is not (FieldType.Message or FieldType.Group)
        || field.MessageType.FullName == "google.protobuf.Timestamp";

    /// <summary>True when the field is annotated so.</summary>
    public static bool Has(FieldDescriptor field, FieldBehavior behavior) =>
        field.GetOptions()?.GetExtension(FieldBehaviorExtensions.FieldBehavior)?.Contains(behavior) == true;

    private JsonObject One(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => Of(field.MessageType),
        FieldType.Enum => Of(field.EnumType),
        FieldType.Bool => new JsonObject { ["type"] = "boolean" },
        FieldType.String => new JsonObject { ["type"] = "string" },
        FieldType.Bytes => new JsonObject { ["type"] = "string", ["format"] = "byte" },
        FieldType.Double or FieldType.Float => new JsonObject { ["type"] = "number" },
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 =>
            new JsonObject { ["type"] = "integer", ["format"] = "int32" },
        FieldType.UInt32 or FieldType.Fixed32 => new JsonObject { ["type"] = "integer", ["minimum"] = 0 },
        FieldType.UInt64 or FieldType.Fixed64 => new JsonObject { ["type"] = "string", ["format"] = "uint64" },
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 =>
            new JsonObject { ["type"] = "string", ["format"] = "int64" },
        _ => throw new NotSupportedException($"{field.FullName}: {field.FieldType} has no schema."),
    };

    private JsonObject Of(EnumDescriptor type)
    {
        var name = Name(type.FullName, type.File.Package);
        if (_named.TryAdd(name, null))
        {
            var values = new JsonArray([.. type.Values.Select(v => (JsonNode)v.Name)]);
            _named[name] = OpenApiDocument.Described(
                new JsonObject { ["type"] = "string", ["enum"] = values }, comments.Of(type.FullName));
        }

        return Reference(name);
    }

    private static JsonObject? WellKnown(MessageDescriptor message) => message.FullName switch
    {
        "google.protobuf.Timestamp" => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
        "google.protobuf.Duration" => new JsonObject { ["type"] = "string", ["pattern"] = @"^-?\d+(\.\d+)?s$" },
        "google.protobuf.FieldMask" => new JsonObject { ["type"] = "string" },
        "google.protobuf.Empty" or "google.protobuf.Struct" or "google.protobuf.Any" =>
            new JsonObject { ["type"] = "object" },
        _ => null,
    };

    private static string Name(string fullName, string package) => fullName[(package.Length + 1)..];

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };
}
