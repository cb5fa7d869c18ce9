using System.Text.Json.Nodes;

namespace AccountGrid.OpenApi;

/// <summary>
/// The OpenAPI document of AccountGrid's services: every method with an HTTP rule, and the two streams without one,
/// which are described here by hand.
/// </summary>
public static class OpenApiPage
{
    private const string DescriptorSet = "accountgrid.v1.binpb";

    private const string Ingest = """
        {"operationId":"FollowerService_IngestFollows","tags":["Follower"],"summary":"Takes follows as newline-delimited JSON",
         "description":"One follow per line of at most 512 bytes: {\"account\":\"1\",\"follower\":\"2\",\"op\":\"follow\"}. A broken line is named in the answer and the rest counts. The body is not compressed (415). Role: follower-writer.",
         "requestBody":{"required":true,"content":{"application/x-ndjson":{"schema":{"type":"string"}}}},
         "responses":{"200":{"description":"Totals.","content":{"application/json":{"schema":{"$ref":"#/components/schemas/IngestFollowsResponse"}}}}}}
        """;

    private const string Events = """
        {"operationId":"EventService_WatchEvents","tags":["Event"],"summary":"Streams changes as server-sent events",
         "description":"Events named event carry a WatchEventsResponse as data and the position as id; ping carries the position while nothing happens. Resumable by Last-Event-ID. Role: reader or staff.",
         "parameters":[
          {"name":"afterPosition","in":"query","description":"Resume behind this position; absent = from now on; 0 = from the beginning. Beyond the end of the journal, as after a restored backup, it is refused.","schema":{"type":"string","format":"int64"}},
          {"name":"accounts","in":"query","description":"Only these accounts; repeatable, at most 1,000.","schema":{"type":"array","items":{"type":"string","format":"int64"}}},
          {"name":"Last-Event-ID","in":"header","description":"As afterPosition, and before it.","schema":{"type":"string","format":"int64"}}],
         "responses":{"200":{"description":"Events until either side ends.","content":{"text/event-stream":{"schema":{"type":"string"}}}}}}
        """;

    /// <summary>Makes the document, as JSON. Takes some milliseconds: keep the result.</summary>
    public static string Make()
    {
        using var set = typeof(V1.Account).Assembly.GetManifestResourceStream(DescriptorSet)
            ?? throw new InvalidOperationException($"The protocol assembly lacks {DescriptorSet}.");
        return new OpenApiDocument(ProtoComments.Read(set))
            .Add(V1.AccountServiceReflection.Descriptor)
            .Add(V1.FollowerServiceReflection.Descriptor)
            .Add(V1.ProposalServiceReflection.Descriptor)
            .Add(V1.OperatorServiceReflection.Descriptor)
            .Add(V1.BrakeServiceReflection.Descriptor)
            .Add(V1.AuditServiceReflection.Descriptor)
            .Add(V1.TraceServiceReflection.Descriptor)
            .Add(V1.PolicyServiceReflection.Descriptor)
            .AddSchema(V1.IngestFollowsResponse.Descriptor)
            .AddSchema(V1.WatchEventsResponse.Descriptor)
            .Add("/v1/followers:ingest", "post", Parse(Ingest))
            .Add("/v1/events", "get", Parse(Events))
            .ToJson("AccountGrid", "v1");
    }

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;
}
