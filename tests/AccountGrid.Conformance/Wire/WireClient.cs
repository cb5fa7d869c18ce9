using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Grpc.Core;

namespace AccountGrid.Conformance.Wire;

/// <summary>
/// One caller of a gateway: the generated clients, over whichever protocol the invoker speaks, and plain HTTP beside
/// them. Owns neither. Thread-safe.
/// </summary>
/// <param name="http">Has the caller's token.</param>
/// <param name="invoker">Has the caller's token.</param>
public class WireClient(HttpClient http, CallInvoker invoker)
{
    /// <summary>Plain HTTP, for what only a body or an address as it stands can say.</summary>
    public HttpClient Http { get; } = http;

    /// <summary>Calls any method.</summary>
    public CallInvoker Invoker { get; } = invoker;

    /// <summary>Accounts.</summary>
    public V1.AccountService.AccountServiceClient Accounts { get; } = new(invoker);

    /// <summary>Followers.</summary>
    public V1.FollowerService.FollowerServiceClient Followers { get; } = new(invoker);

    /// <summary>Proposals.</summary>
    public V1.ProposalService.ProposalServiceClient Proposals { get; } = new(invoker);

    /// <summary>Operators.</summary>
    public V1.OperatorService.OperatorServiceClient Operators { get; } = new(invoker);

    /// <summary>The brake.</summary>
    public V1.BrakeService.BrakeServiceClient Brake { get; } = new(invoker);

    /// <summary>The policy record.</summary>
    public V1.PolicyService.PolicyServiceClient Policy { get; } = new(invoker);

    /// <summary>The audit.</summary>
    public V1.AuditService.AuditServiceClient Audit { get; } = new(invoker);

    /// <summary>Traces.</summary>
    public V1.TraceService.TraceServiceClient Traces { get; } = new(invoker);

    /// <summary>Events.</summary>
    public V1.EventService.EventServiceClient Events { get; } = new(invoker);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Options of a call in a test: it ends with the test, and a stream that was waited for in vain ends too, so that
    /// the test fails by name.
    /// </summary>
    public static CallOptions Options =>
        new(deadline: TimeProvider.System.GetUtcNow().UtcDateTime + Patience, cancellationToken: Cancel);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The error of a GET.</summary>
    public async Task<WireError> GetErrorAsync(string path)
    {
        using var response = await Http.GetAsync(path, Cancel);
        return await WireError.FromAsync(response);
    }

    /// <summary>The error of a POST of JSON as it stands.</summary>
    public async Task<WireError> PostErrorAsync(string path, string json, string contentType = "application/json")
    {
        using var content = new StringContent(json, Encoding.UTF8, contentType);
        using var response = await Http.PostAsync(path, content, Cancel);
        return await WireError.FromAsync(response);
    }

    /// <summary>The error of a POST.</summary>
    public async Task<WireError> PostErrorAsync(string path, object body)
    {
        using var response = await Http.PostAsJsonAsync(path, body, Cancel);
        return await WireError.FromAsync(response);
    }

    /// <summary>Posts JSON and reads the answer, which must be a success.</summary>
    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await Http.PostAsJsonAsync(path, body, Cancel);
        return await ReadAsync(response);
    }

    /// <summary>Gets JSON, which must be a success.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path, Cancel);
        return await ReadAsync(response);
    }

    /// <summary>The error of a call, which must fail.</summary>
    public static async Task<WireError> ErrorAsync<T>(AsyncUnaryCall<T> call)
    {
        using (call)
        {
            return WireError.From(await Assert.ThrowsAnyAsync<RpcException>(async () => await call));
        }
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
