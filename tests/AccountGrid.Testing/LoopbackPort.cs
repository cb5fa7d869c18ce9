using System.Net;
using System.Net.Sockets;

namespace AccountGrid.Testing;

/// <summary>Ports for programs that cannot choose one and say which.</summary>
internal static class LoopbackPort
{
    /// <summary>A port that nobody listened on a moment ago.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
