using System.Globalization;
using System.Text.Json;

namespace AccountGrid.ForeignClients.Tests;

/// <summary>What was sent to one address, and what came back.</summary>
internal sealed record HttpAnswer
{
    /// <summary>Verb and route, such as <c>GET /v1/accounts/{id}</c>.</summary>
    public required string Address { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>The names of its headers, in lower case.</summary>
    public required IReadOnlyList<string> Headers { get; init; }

    /// <summary>The names of the query's parameters.</summary>
    public required IReadOnlyList<string> Query { get; init; }

    /// <summary>The JSON that was sent, if any.</summary>
    public required JsonElement? Request { get; init; }

    /// <summary>The JSON that came; of an event stream one event.</summary>
    public required JsonElement Body { get; init; }

    /// <summary>Reads a line of what the client kept.</summary>
    public static HttpAnswer Read(string line)
    {
        var root = JsonDocument.Parse(line).RootElement;
        return new HttpAnswer
        {
            Address = $"{root.GetProperty("verb").GetString()} {root.GetProperty("route").GetString()}",
            Status = root.GetProperty("status").GetInt32(),
            Headers = [.. root.GetProperty("headers").EnumerateObject().Select(static h => h.Name)],
            Query = root.TryGetProperty("query", out var query)
                ? [.. query.EnumerateArray().Select(static q => q.GetString()!)]
                : [],
            Request = root.TryGetProperty("request", out var request) ? request : null,
            Body = root.GetProperty("body"),
        };
    }
}

/// <summary>
/// An OpenAPI document that real traffic is held against: only what it says counts, so what it does not say is a
/// problem.
/// </summary>
internal sealed class OpenApi(string json)
{
    private const string Events = "GET /v1/events";
    private readonly JsonElement _root = JsonDocument.Parse(json).RootElement;

    /// <summary>Every verb and route that it describes.</summary>
    public IReadOnlyList<string> Addresses =>
        [.. _root.GetProperty("paths").EnumerateObject()
            .SelectMany(static path =>
                path.Value.EnumerateObject().Select(verb => $"{verb.Name.ToUpperInvariant()} {path.Name}"))];

    /// <summary>Whether it describes an address.</summary>
    public bool Knows(string address) => Addresses.Contains(address);

    /// <summary>What of an answer is not as described; empty if nothing is.</summary>
    /// <param name="answer">The answer, at an address that the document knows.</param>
    /// <param name="headers">The headers to look for, in lower case.</param>
    public IEnumerable<string> ProblemsOf(HttpAnswer answer, IReadOnlyList<string> headers)
    {
        var (verb, route) = (answer.Address.Split(' ')[0], answer.Address.Split(' ')[1]);
        var operation = _root.GetProperty("paths").GetProperty(route).GetProperty(verb.ToLowerInvariant());
        var responses = operation.GetProperty("responses");
        var response = responses.TryGetProperty(answer.Status.ToString(CultureInfo.InvariantCulture), out var own)
            ? own
            : responses.GetProperty("default");
        var described = response.TryGetProperty("headers", out var names)
            ? names.EnumerateObject().Select(static h => h.Name.ToLowerInvariant()).ToArray()
            : [];
        return
        [
            .. headers.Intersect(answer.Headers).Except(described)
                .Select(name => $"{answer.Address} {answer.Status} has a header {name} that is not described"),

            // Of a request only one that was accepted has to be as described.
            .. answer.Status == 200 ? ProblemsOfRequest(operation, answer) : [],
            .. ProblemsOf(answer.Body, SchemaOf(answer, response), $"{answer.Address} {answer.Status}"),
        ];
    }

    private IEnumerable<string> ProblemsOfRequest(JsonElement operation, HttpAnswer answer)
    {
        var parameters = operation.TryGetProperty("parameters", out var list)
            ? list.EnumerateArray().Select(static p => p.GetProperty("name").GetString()!).ToArray()
            : [];
        var unknown = answer.Query.Except(parameters)
            .Select(name => $"{answer.Address} has a parameter {name} that is not described");
        return answer.Request is not { } request ? unknown
            : unknown.Concat(
                ProblemsOf(request, operation.GetProperty("requestBody").GetProperty("content")
                    .GetProperty("application/json").GetProperty("schema"), $"{answer.Address} request"));
    }

    // What an event carries stands in the description of the stream, which is no JSON by itself.
    private JsonElement SchemaOf(HttpAnswer answer, JsonElement response) =>
        answer is { Address: Events, Status: 200 }
            ? _root.GetProperty("components").GetProperty("schemas").GetProperty("WatchEventsResponse")
            : response.GetProperty("content").GetProperty("application/json").GetProperty("schema");

    private IEnumerable<string> ProblemsOf(JsonElement value, JsonElement schema, string where)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return ProblemsOf(
                value, _root.GetProperty("components").GetProperty("schemas")
                    .GetProperty(reference.GetString()!["#/components/schemas/".Length..]), where);
        }

        var type = schema.TryGetProperty("type", out var said) ? said.GetString() : null;
        return (type, value.ValueKind) switch
        {
            ("object", JsonValueKind.Object) => ProblemsOfObject(value, schema, where),
            ("array", JsonValueKind.Array) =>
                value.EnumerateArray()
                    .SelectMany((item, i) => ProblemsOf(item, schema.GetProperty("items"), $"{where}[]")),
            ("string", JsonValueKind.String) => ProblemsOfString(value.GetString()!, schema, where),
            ("integer" or "number", JsonValueKind.Number) or ("boolean", JsonValueKind.True or JsonValueKind.False) =>
                [],
            _ => [$"{where} must be {type} and is {value.ValueKind}"],
        };
    }

    private IEnumerable<string> ProblemsOfObject(JsonElement value, JsonElement schema, string where)
    {
        var missing = schema.TryGetProperty("required", out var required)
            ? required.EnumerateArray().Select(static r => r.GetString()!).Where(r => !value.TryGetProperty(r, out _))
                .Select(r => $"{where} must have {r}")
            : [];
        return !schema.TryGetProperty("properties", out var properties)
            ? missing
            : missing.Concat(
                value.EnumerateObject().SelectMany(property => properties.TryGetProperty(property.Name, out var own)
                ? ProblemsOf(property.Value, own, $"{where}.{property.Name}")
                : [$"{where} has {property.Name}, which is not described"]));
    }

    private static IEnumerable<string> ProblemsOfString(string value, JsonElement schema, string where)
    {
        var format = schema.TryGetProperty("format", out var said) ? said.GetString() : null;
        var isGood = format switch
        {
            "int64" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "date-time" => DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            _ => !schema.TryGetProperty("enum", out var values)
                || values.EnumerateArray().Any(v => v.GetString() == value),
        };
        return isGood ? [] : [$"{where} is \"{value}\", which is no {format ?? "value of its enumeration"}"];
    }
}
