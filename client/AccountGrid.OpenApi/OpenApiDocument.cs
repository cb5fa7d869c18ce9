using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Api;
using Google.Protobuf.Reflection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace AccountGrid.OpenApi;

/// <summary>
/// Describes the HTTP form of protobuf services as OpenAPI 3.1, from the same google.api.http rules that transcoding
/// follows, so that the document cannot disagree with the routes.
/// </summary>
internal sealed class OpenApiDocument
{
    private static readonly JsonSerializerOptions Compact =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ProtoComments _comments;
    private readonly OpenApiSchemas _schemas;
    private readonly JsonObject _paths = [];
    private readonly JsonArray _tags = [];

    /// <summary>Starts an empty document; descriptions come from <paramref name="comments"/>.</summary>
    public OpenApiDocument(ProtoComments comments)
    {
        _comments = comments;
        _schemas = new OpenApiSchemas(comments);
    }

    /// <summary>
    /// Adds every method of the file's services that has an HTTP rule; gRPC-only methods are left out.
    /// </summary>
    public OpenApiDocument Add(FileDescriptor file)
    {
        foreach (var service in file.Services)
        {
            var before = _paths.Count;
            foreach (var method in service.Methods)
            {
                if (method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is { } rule)
                {
                    AddRule(service, method, rule, suffix: "");
                    for (var i = 0; i < rule.AdditionalBindings.Count; i++)
                    {
                        AddRule(service, method, rule.AdditionalBindings[i], suffix: $"_{i + 2}");
                    }
                }
            }

            if (_paths.Count > before)
            {
                _tags.Add(Described(new JsonObject { ["name"] = Tag(service) }, _comments.Of(service.FullName)));
            }
        }

        return this;
    }

    /// <summary>Adds the schema of a message that only such an operation answers with.</summary>
    public OpenApiDocument AddSchema(MessageDescriptor message)
    {
        _schemas.Of(message);
        return this;
    }

    /// <summary>
    /// Adds an operation without an HTTP rule (event stream, line ingest), with the headers of every answer and the
    /// standard error answer.
    /// </summary>
    public OpenApiDocument Add(string path, string verb, JsonObject operation)
    {
        foreach (var (_, answer) in operation["responses"]!.AsObject())
        {
            answer!.AsObject()["headers"] = TraceHeader();
        }

        operation["responses"]!.AsObject()["default"] = ErrorAnswer();
        AddOperation(path, verb, operation);
        return this;
    }

    /// <summary>The document as compact JSON.</summary>
    public string ToJson(string title, string version)
    {
        var root = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = title, ["version"] = version },
            ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }),
            ["tags"] = _tags.DeepClone(),
            ["paths"] = _paths.DeepClone(),
            ["components"] = new JsonObject
            {
                ["schemas"] = _schemas.ToJson(),
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT" },
                },
            },
        };
        return root.ToJsonString(Compact);
    }

    /// <summary>Sets a description when there is one.</summary>
    internal static JsonObject Described(JsonObject target, string? description)
    {
        if (!string.IsNullOrEmpty(description))
        {
            target["description"] = description;
        }

        return target;
    }

    private void AddRule(ServiceDescriptor service, MethodDescriptor method, HttpRule rule, string suffix)
    {
        var (verb, template) = Pattern(rule);
        var (path, bound) = BindPath(template, method.InputType);
        var comment = _comments.Of(method.FullName);
        var operation = new JsonObject
        {
            ["operationId"] = $"{service.Name}_{method.Name}{suffix}",
            ["tags"] = new JsonArray(Tag(service)),
        };
        if (comment is not null)
        {
            operation["summary"] = FirstSentence(comment);
            operation["description"] = comment;
        }

        var parameters = Parameters(method.InputType, bound, rule.Body);
        if (parameters.Count > 0)
        {
            operation["parameters"] = parameters;
        }

        if (rule.Body.Length > 0)
        {
            var schema = rule.Body != "*" ? _schemas.Of(method.InputType.FindFieldByName(rule.Body))
                : bound.Count == 0 ? _schemas.Of(method.InputType)
                : _schemas.Body(method.InputType, bound);
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Json(schema) };
        }

        operation["responses"] = new JsonObject
        {
            ["200"] = new JsonObject
            {
                ["description"] = "Done.",
                ["headers"] = TraceHeader(),
                ["content"] = Json(_schemas.Of(method.OutputType)),
            },
            ["default"] = ErrorAnswer(),
        };
        AddOperation(path, verb, operation);
    }

    private void AddOperation(string path, string verb, JsonObject operation)
    {
        if (_paths[path] is not JsonObject item)
        {
            _paths[path] = item = [];
        }

        item.Add(verb, operation);
    }

    private JsonArray Parameters(MessageDescriptor input, HashSet<FieldDescriptor> bound, string body)
    {
        var parameters = new JsonArray();
        foreach (var field in input.Fields.InFieldNumberOrder())
        {
            var inPath = bound.Contains(field);
            if (!inPath && (body == "*" || field.Name == body || !OpenApiSchemas.IsScalar(field)))
            {
                continue;
            }

            var parameter = new JsonObject
            {
                ["name"] = field.JsonName,
                ["in"] = inPath ? "path" : "query",
                ["schema"] = _schemas.Of(field),
            };
            if (inPath || OpenApiSchemas.Has(field, FieldBehavior.Required))
            {
                parameter["required"] = true;
            }

            parameters.Add(Described(parameter, _comments.Of(field.FullName)));
        }

        return parameters;
    }

    private JsonObject ErrorAnswer() => new()
    {
        ["description"] = "A refusal: google.rpc.Status with ErrorInfo (domain, reason), "
            + "BadRequest where fields are at fault, and RetryInfo where waiting helps.",
        ["headers"] = RefusalHeaders(),
        ["content"] = Json(_schemas.Error()),
    };

    private static JsonObject RefusalHeaders()
    {
        var headers = TraceHeader();
        headers["Retry-After"] = new JsonObject
        {
            ["description"] = "Where waiting helps: RetryInfo in whole seconds, rounded up.",
            ["schema"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1 },
        };
        return headers;
    }

    private static JsonObject TraceHeader() => new()
    {
        ["trace-id"] = new JsonObject
        {
            ["description"] = "The trace id of this answer.",
            ["schema"] = new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9a-f]{32}$" },
        },
    };

    private static JsonObject Json(JsonObject schema) =>
        new() { ["application/json"] = new JsonObject { ["schema"] = schema } };

    private static string Tag(ServiceDescriptor service) =>
        service.Name.EndsWith("Service", StringComparison.Ordinal) ? service.Name[..^"Service".Length] : service.Name;

    private static string FirstSentence(string comment)
    {
        var end = comment.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? comment : comment[..end]).TrimEnd('.');
    }

    private static (string Verb, string Template) Pattern(HttpRule rule) => rule.PatternCase switch
    {
        HttpRule.PatternOneofCase.Get => ("get", rule.Get),
        HttpRule.PatternOneofCase.Put => ("put", rule.Put),
        HttpRule.PatternOneofCase.Post => ("post", rule.Post),
        HttpRule.PatternOneofCase.Delete => ("delete", rule.Delete),
        HttpRule.PatternOneofCase.Patch => ("patch", rule.Patch),
        _ => throw new NotSupportedException($"HTTP rule {rule.PatternCase} has no OpenAPI verb."),
    };

    // `{follower_id}` becomes `{followerId}`; only plain top-level variables are supported, as in our protos.
    private static (string Path, HashSet<FieldDescriptor> Bound) BindPath(string template, MessageDescriptor input)
    {
        var bound = new HashSet<FieldDescriptor>();
        foreach (var part in template.Split('{').Skip(1))
        {
            var name = part[..part.IndexOf('}', StringComparison.Ordinal)];
            var field = input.FindFieldByName(name)
                ?? throw new NotSupportedException(
                    $"Path variable {{{name}}} of {template} is no field of {input.FullName}.");
            bound.Add(field);
            template = template.Replace($"{{{name}}}", $"{{{field.JsonName}}}", StringComparison.Ordinal);
        }

        return (template, bound);
    }
}
