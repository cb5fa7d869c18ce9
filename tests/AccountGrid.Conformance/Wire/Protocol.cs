using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace AccountGrid.Conformance.Wire;

/// <summary>The two ways to say the same.</summary>
public enum Protocol
{
    /// <summary>gRPC over HTTP/2.</summary>
    Grpc,

    /// <summary>JSON over HTTP/1.1; streams as NDJSON and server-sent events.</summary>
    Http,
}

/// <summary>A theory whose one parameter is the <see cref="Protocol"/>: its body runs over both.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BothProtocolsAttribute : DataAttribute
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([new TheoryDataRow<Protocol>(Protocol.Grpc), new TheoryDataRow<Protocol>(Protocol.Http)]);

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;
}
