using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway;

/// <summary>
/// The two listeners of a host, on <see cref="GatewayOptions.Address"/>: HTTP/1.1 for JSON, and HTTP/2 without TLS for
/// gRPC. Their real ports are known once the server has bound them.
/// </summary>
public sealed class GatewayListeners
{
    private ListenOptions? _http;
    private ListenOptions? _grpc;

    /// <summary>The HTTP/JSON address; only once the host has started.</summary>
    public Uri Http => AddressOf(_http);

    /// <summary>The gRPC address; only once the host has started.</summary>
    public Uri Grpc => AddressOf(_grpc);

    /// <summary>Has the server listen.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="httpPort">0 to 65535; 0 = any free port.</param>
    /// <param name="grpcPort">0 to 65535; 0 = any free port.</param>
    public void Listen(KestrelServerOptions kestrel, int httpPort, int grpcPort)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        var address = IPAddress.Parse(
            kestrel.ApplicationServices.GetRequiredService<IOptions<GatewayOptions>>().Value.Address);
        kestrel.Listen(address, httpPort, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            _http = listen;
        });
        kestrel.Listen(address, grpcPort, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            _grpc = listen;
        });
    }

    private static Uri AddressOf(ListenOptions? listen) => new($"http://{listen!.IPEndPoint}");
}
