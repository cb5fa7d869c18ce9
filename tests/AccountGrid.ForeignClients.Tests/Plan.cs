using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccountGrid.ForeignClients.Tests;

/// <summary>
/// The scenarios of <c>scenarios/*.json</c>, which every foreign client plays; the README says what may stand in them.
/// </summary>
internal static class Plan
{
    /// <summary>In this order: what kills the silo comes last.</summary>
    private static readonly string[] Files = ["reads", "holds", "people", "streams", "errors", "outages"];

    /// <summary>What is wrong on purpose: a client that does not report it as failed proves nothing.</summary>
    private static readonly string[] WrongFiles = ["wrong"];

    /// <summary>A fresh copy of them all.</summary>
    public static IReadOnlyList<JsonObject> Scenarios() => [.. Read(WrongFiles), .. Read(Files)];

    private static IEnumerable<JsonObject> Read(IEnumerable<string> files) =>
        [
            .. files.SelectMany(
                static name => JsonNode.Parse(File.ReadAllText(Places.Of("scenarios", name + ".json")))!.AsArray())
                    .Select(static node => node!.DeepClone().AsObject())];

    /// <summary>What a client of gRPC plays.</summary>
    public static TheoryData<string> OverGrpc => [.. Names("grpc")];

    /// <summary>What a client of HTTP plays.</summary>
    public static TheoryData<string> OverHttp => [.. Names("http")];

    /// <summary>What every client must report as failed.</summary>
    public static TheoryData<string> Wrong => [.. Read(WrongFiles).Select(static s => (string)s["name"]!)];

    /// <summary>The names of the scenarios that a client of one protocol must find to hold.</summary>
    public static IEnumerable<string> Names(string protocol) =>
        Read(Files).Where(s => s["over"] is not JsonArray over || over.Any(p => (string?)p == protocol))
            .Select(static s => (string)s["name"]!);
}

/// <summary>The published table of errors: the gateway's README.</summary>
internal static class ErrorTable
{
    /// <summary>Reason, canonical code, HTTP status.</summary>
    public static IReadOnlyDictionary<string, (string Code, int Status)> Read()
    {
        var rows = File.ReadLines(Places.Metadata("GatewayReadme"))
            .SkipWhile(static line => !line.StartsWith("| Reason | gRPC status | HTTP |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(static line => line.StartsWith('|'))
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(static cells => cells[1].Trim('`'),
                static cells => (cells[2], int.Parse(cells[3], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.True(rows.Count > 20, "The table of errors was not found in the gateway's README.");
        return rows;
    }
}

/// <summary>The lines that a script prints.</summary>
internal sealed record Line(JsonElement Root)
{
    /// <summary>Reads a line; <c>null</c> for what is none of ours.</summary>
    public static Line? Read(string text)
    {
        try
        {
            return text.StartsWith('{') ? new Line(JsonDocument.Parse(text).RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What it says under a name; <c>null</c> for nothing.</summary>
    public string? Text(string name) => Root.TryGetProperty(name, out var value) ? value.ToString() : null;
}
