using System.Net;
using System.Net.Sockets;

namespace AccountGrid.Silo;

/// <summary>Ports for listeners that cannot ask for any free one themselves.</summary>
internal static class FreePort
{
    /// <summary>
    /// 0, which Orleans takes for no listener, where the port is <c>null</c>; otherwise as <see cref="OrGiven"/>.
    /// </summary>
    public static int OrNone(int? port) => port is { } asked ? OrGiven(asked) : 0;

    /// <summary>
    /// The port itself, or a free one for 0. Another process may take it before it is used; the start then fails and
    /// says so.
    /// </summary>
    public static int OrGiven(int port)
    {
        if (port != 0)
        {
            return port;
        }

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
