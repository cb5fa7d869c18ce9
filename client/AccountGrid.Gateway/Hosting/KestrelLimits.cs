using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AccountGrid.Gateway.Hosting;

/// <summary>The limits that the server itself enforces.</summary>
internal static class KestrelLimits
{
    /// <summary>Sets the limits.</summary>
    public static void Apply(KestrelServerOptions kestrel, GatewayLimitOptions gateway)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = gateway.MaxBodyBytes;
        limits.MinRequestBodyDataRate = gateway.MinBodyBytesPerSecond == 0
            ? null
            : new MinDataRate(gateway.MinBodyBytesPerSecond, TimeSpan.FromSeconds(5));

        // Above what is accepted, so that a token of 100 KB gets an error and not an aborted connection.
        limits.MaxRequestHeadersTotalSize = 160 * 1024;
        limits.MaxRequestHeaderCount = 64;

        // A watch by server-sent events names its accounts in the address: 1,000 ids of 19 digits, each as
        // "accounts=...&", are 29 KB.
        limits.MaxRequestLineSize = 32 * 1024;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.Http2.MaxRequestHeaderFieldSize = 128 * 1024;
        limits.Http2.MaxStreamsPerConnection = 256;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
    }
}
