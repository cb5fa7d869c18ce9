using System.Net.Http.Json;
using System.Text;
using Grpc.Core;

namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>One caller of a gateway, over both protocols.</summary>
public sealed class Wire : IDisposable
{
    private readonly CallInvoker _invoker;

    public Wire(GatewayHost host, string? token)
    {
        Http = host.CreateHttpClient(token);
        _invoker = host.Invoker(token);
        Accounts = new V1.AccountService.AccountServiceClient(_invoker);
        Followers = new V1.FollowerService.FollowerServiceClient(_invoker);
        Proposals = new V1.ProposalService.ProposalServiceClient(_invoker);
        Operators = new V1.OperatorService.OperatorServiceClient(_invoker);
        Audit = new V1.AuditService.AuditServiceClient(_invoker);
        Events = new V1.EventService.EventServiceClient(_invoker);
    }

    public HttpClient Http { get; }

    public V1.AccountService.AccountServiceClient Accounts { get; }

    public V1.FollowerService.FollowerServiceClient Followers { get; }

    public V1.ProposalService.ProposalServiceClient Proposals { get; }

    public V1.OperatorService.OperatorServiceClient Operators { get; }

    public V1.AuditService.AuditServiceClient Audit { get; }

    public V1.EventService.EventServiceClient Events { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Options of a gRPC call in a test.</summary>
    public static CallOptions Options => new(cancellationToken: Cancel);

    public async Task<WireError> GetErrorAsync(string path)
    {
        using var response = await Http.GetAsync(path, Cancel);
        return await WireError.FromAsync(response);
    }

    /// <summary>Posts JSON as it stands.</summary>
    public async Task<WireError> PostErrorAsync(string path, string json, string contentType = "application/json")
    {
        using var content = new StringContent(json, Encoding.UTF8, contentType);
        using var response = await Http.PostAsync(path, content, Cancel);
        return await WireError.FromAsync(response);
    }

    public async Task<WireError> PostErrorAsync(string path, object body)
    {
        using var response = await Http.PostAsJsonAsync(path, body, Cancel);
        return await WireError.FromAsync(response);
    }

    /// <summary>Posts JSON and reads the answer, which must be a success.</summary>
    public async Task<System.Text.Json.JsonElement> PostAsync(string path, object body)
    {
        using var response = await Http.PostAsJsonAsync(path, body, Cancel);
        return await ReadAsync(response);
    }

    /// <summary>Gets JSON, which must be a success.</summary>
    public async Task<System.Text.Json.JsonElement> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path, Cancel);
        return await ReadAsync(response);
    }

    /// <summary>The error of a gRPC call.</summary>
    public static async Task<WireError> ErrorAsync<T>(AsyncUnaryCall<T> call)
    {
        using (call)
        {
            return WireError.From(await Assert.ThrowsAsync<RpcException>(async () => await call));
        }
    }

    public void Dispose() => Http.Dispose();

    private static async Task<System.Text.Json.JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(text);
    }
}
