namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>One caller of a gateway in this process: gRPC by the generated clients, and plain HTTP.</summary>
public sealed class Wire(GatewayHost host, string? token) : WireClient(
    host.CreateHttpClient(token), host.Invoker(token)), IDisposable
{
    public void Dispose() => Http.Dispose();
}
