using System.Text.Json.Nodes;
using AccountGrid.Testing;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace AccountGrid.ForeignClients.Tests;

/// <summary>
/// What a script is told before it begins, as files in a directory: addresses, the descriptor set, methods, errors,
/// scenarios with tokens.
/// </summary>
internal static class World
{
    private static readonly string[] Service = ["service"];
    private static readonly string[] AllStaff = ["support", "approver", "auditor", "admin"];

    /// <summary>Every method of the protocol.</summary>
    public static IReadOnlyList<MethodDescriptor> Methods { get; } =
    [
        .. typeof(V1.Account).Assembly.GetTypes()
            .Where(static t => t.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(static t => (FileDescriptor)t.GetProperty("Descriptor")!.GetValue(null)!)
            .SelectMany(static file => file.Services).SelectMany(static service => service.Methods),
    ];

    /// <summary>How a method is called by scenarios and scripts: <c>AccountService.GetAccount</c>.</summary>
    public static string NameOf(MethodDescriptor method) => $"{method.Service.Name}.{method.Name}";

    /// <summary>Where a method is over HTTP.</summary>
    public static (string Verb, string Route) RouteOf(MethodDescriptor method) =>
        method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) switch
        {
            { PatternCase: HttpRule.PatternOneofCase.Get } rule => ("GET", rule.Get),
            { PatternCase: HttpRule.PatternOneofCase.Post } rule => ("POST", rule.Post),
            { PatternCase: HttpRule.PatternOneofCase.Put } rule => ("PUT", rule.Put),
            { PatternCase: HttpRule.PatternOneofCase.Delete } rule => ("DELETE", rule.Delete),

            // Streams have addresses that no annotation can express; their services' comments name them.
            _ when NameOf(method) == "FollowerService.IngestFollows" => ("POST", "/v1/followers:ingest"),
            _ when NameOf(method) == "EventService.WatchEvents" => ("GET", "/v1/events"),
            _ => throw new InvalidOperationException($"{method.FullName} has no address over HTTP."),
        };

    /// <summary>Writes the files.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="silo">Who answers.</param>
    /// <returns>The path that a script is given.</returns>
    public static string Write(string directory, SiloProcess silo)
    {
        var descriptors = Path.Combine(directory, "accountgrid.binpb");
        File.WriteAllBytes(descriptors, DescriptorSet().ToByteArray());
        var world = new JsonObject
        {
            ["http"] = silo.Http.AbsoluteUri.TrimEnd('/'),
            ["grpc"] = silo.Grpc.Authority,
            ["descriptors"] = descriptors,
            ["answers"] = Path.Combine(directory, "answers.jsonl"),
            ["methods"] = new JsonObject(
                Methods.Select(static method => KeyValuePair.Create(NameOf(method), (JsonNode?)new JsonObject
                {
                    ["path"] = $"/{method.Service.FullName}/{method.Name}",
                    ["verb"] = RouteOf(method).Verb,
                    ["route"] = RouteOf(method).Route,
                }))),
            ["reasons"] = new JsonObject(
                ErrorTable.Read().Select(static row => KeyValuePair.Create(row.Key, (JsonNode?)new JsonObject
                {
                    ["grpc"] = row.Value.Code,
                    ["http"] = row.Value.Status,
                }))),
            ["scenarios"] = new JsonArray(
                [.. Plan.Scenarios().Select((scenario, number) => WithTokens(scenario, number, silo.DataDirectory))]),
        };
        var path = Path.Combine(directory, "world.json");
        File.WriteAllText(path, world.ToJsonString());
        return path;
    }

    /// <summary>Every scenario has people of its own, because budgets and streams are counted per person.</summary>
    private static JsonObject WithTokens(JsonObject scenario, int number, string keys)
    {
        var people = new Dictionary<string, string[]> { ["shop"] = Service, ["kim"] = AllStaff, ["lee"] = AllStaff };
        foreach (var (name, roles) in scenario["people"]?.AsObject() ?? [])
        {
            people[name] = [.. roles!.AsArray().Select(static role => (string)role!)];
        }

        var names = new JsonObject();
        var tokens = new JsonObject
        {
            ["garbage"] = "garbage",
            ["expired"] = TestTokens.Mint(keys, "late", AllStaff, TimeSpan.FromSeconds(-45)),
            ["stranger"] = TokenByAnotherKey(),
        };
        foreach (var (name, roles) in people)
        {
            names[name] = $"{name}.{number}";
            tokens[name] = TestTokens.Mint(keys, $"{name}.{number}", roles);
        }

        scenario["names"] = names;
        scenario["tokens"] = tokens;
        return scenario;
    }

    private static string TokenByAnotherKey()
    {
        using var key =
            System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        return TestTokens.Mint(key, "shop", Service);
    }

    /// <summary>
    /// The set that the protocol carries in itself, and what a client needs to read errors and to ask for health.
    /// </summary>
    private static FileDescriptorSet DescriptorSet()
    {
        using var embedded = typeof(V1.Account).Assembly.GetManifestResourceStream("accountgrid.v1.binpb")!;
        var set = FileDescriptorSet.Parser.ParseFrom(embedded);
        foreach (var file in new[] { Google.Rpc.StatusReflection.Descriptor,
            Google.Rpc.ErrorDetailsReflection.Descriptor, Grpc.Health.V1.HealthReflection.Descriptor })
        {
            Add(set, file);
        }

        return set;
    }

    private static void Add(FileDescriptorSet set, FileDescriptor file)
    {
        if (set.File.All(f => f.Name != file.Name))
        {
            foreach (var dependency in file.Dependencies)
            {
                Add(set, dependency);
            }

            set.File.Add(file.ToProto());
        }
    }
}
