using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace AccountGrid.Conformance.Wire;

/// <summary>
/// A call over HTTP/JSON that failed: what a generated client throws, with the whole error as HTTP showed it.
/// </summary>
/// <param name="error">The error.</param>
public sealed class JsonFailure(WireError error) : RpcException(new Status(error.Code, error.Message))
{
    /// <summary>The error.</summary>
    public WireError Error { get; } = error;
}

/// <summary>
/// Lets generated clients speak HTTP/JSON, by the google.api.http rules in the protos: path, query and body are made
/// from the message, the answer is read back strictly. Streams go as NDJSON and server-sent events. So one test body
/// holds both protocols to the contract. Thread-safe.
/// </summary>
internal sealed partial class JsonInvoker(HttpClient http) : CallInvoker
{
    /// <summary>Bytes from which the server is asked whether it takes a body.</summary>
    private const int AskFirst = 64 * 1024;

    private static readonly Dictionary<string, HttpRule> Rules = (
        from file in new[]
        {
            V1.AccountServiceReflection.Descriptor, V1.FollowerServiceReflection.Descriptor,
                V1.ProposalServiceReflection.Descriptor,
            V1.OperatorServiceReflection.Descriptor, V1.BrakeServiceReflection.Descriptor,
                V1.AuditServiceReflection.Descriptor,
                V1.TraceServiceReflection.Descriptor, V1.PolicyServiceReflection.Descriptor,
        }
        from service in file.Services
        from method in service.Methods
        let rule = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http)
        where rule is not null
        select (Name: $"/{service.FullName}/{method.Name}", Rule: rule)).ToDictionary(
            static m => m.Name, static m => m.Rule);

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException("Tests wait asynchronously.");

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var headers = new TaskCompletionSource<Metadata>();
        return new AsyncUnaryCall<TResponse>(
            SendAsync<TResponse>(RequestOf(Rules[method.FullName], (IMessage)request), options, headers), headers.Task,
            Succeeded, NoTrailers, Nothing);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var headers = new TaskCompletionSource<Metadata>();
        var lines = new NdjsonWriter<TRequest>();
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            lines, IngestAsync(), headers.Task, Succeeded, NoTrailers, Nothing);

        async Task<TResponse> IngestAsync()
        {
            var content = new StringContent(await lines.Text, Encoding.UTF8, "application/x-ndjson");
            return await SendAsync<TResponse>(
                new HttpRequestMessage(HttpMethod.Post, "/v1/followers:ingest") { Content = content }, options,
                headers);
        }
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var stream = new SseReader<TResponse>(http, "/v1/events" + QueryOf(JsonOf((IMessage)request)), options);
        return new AsyncServerStreamingCall<TResponse>(stream, stream.Headers, Succeeded, NoTrailers, stream.Dispose);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            throw new NotSupportedException("The contract has none.");

    /// <summary>An answer as the message it is; a field that the proto does not have fails.</summary>
    public static T Parse<T>(string json)
        where T : class => (T)JsonParser.Default.Parse(json, ((IMessage)Activator.CreateInstance<T>()).Descriptor);

    private static JsonObject JsonOf(IMessage message) =>
        JsonNode.Parse(JsonFormatter.Default.Format(message))!.AsObject();

    private static HttpRequestMessage RequestOf(HttpRule rule, IMessage message)
    {
        var json = JsonOf(message);
        var (verb, template) = rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => (HttpMethod.Get, rule.Get),
            HttpRule.PatternOneofCase.Put => (HttpMethod.Put, rule.Put),
            HttpRule.PatternOneofCase.Delete => (HttpMethod.Delete, rule.Delete),
            _ => (HttpMethod.Post, rule.Post),
        };
        var path = Parameter().Replace(template, match =>
        {
            var field = match.Groups[1].Value;
            var value = json[field]?.GetValue<string>()
                ?? (message.Descriptor.FindFieldByName(field).FieldType == FieldType.Int64 ? "0" : "");
            json.Remove(field);
            return Uri.EscapeDataString(value);
        });
        if (rule.Body != "*")
        {
            return new HttpRequestMessage(verb, path + QueryOf(json));
        }

        var content = new StringContent(json.ToJsonString(), Encoding.UTF8, "application/json");
        var request = new HttpRequestMessage(verb, path) { Content = content };

        // A large body is asked about first: a server that refuses it does not read it, and the answer would be lost in
        // the broken pipe.
        request.Headers.ExpectContinue = content.Headers.ContentLength > AskFirst;
        return request;
    }

    private static string QueryOf(JsonObject json)
    {
        var parts = from field in json
                    from value in field.Value is JsonArray many ? many : (IEnumerable<JsonNode?>)[field.Value]
                    select $"{field.Key}={Uri.EscapeDataString(value!.ToString())}";
        var query = string.Join('&', parts);
        return query.Length > 0 ? "?" + query : "";
    }

    private async Task<TResponse> SendAsync<TResponse>(
        HttpRequestMessage request, CallOptions options, TaskCompletionSource<Metadata> headers)
        where TResponse : class
    {
        using (request)
        {
            foreach (var header in options.Headers ?? [])
            {
                request.Headers.Add(header.Key, header.Value);
            }

            using var response = await http.SendAsync(request, options.CancellationToken);
            headers.SetResult(HeadersOf(response.Headers));
            return response.IsSuccessStatusCode
                ? Parse<TResponse>(await response.Content.ReadAsStringAsync(options.CancellationToken))
                : throw new JsonFailure(await WireError.FromAsync(response));
        }
    }

    /// <summary>What both protocols carry: the trace id, once.</summary>
    internal static Metadata HeadersOf(HttpResponseHeaders headers) =>
        new() { { TracedInvoker.TraceId, Assert.Single(headers.GetValues(TracedInvoker.TraceId)) } };

    private static Status Succeeded() => Status.DefaultSuccess;

    private static Metadata NoTrailers() => [];

    private static void Nothing()
    {
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}
