using System.Net;
using System.Net.Sockets;

namespace AccountGrid.Silo;

/// <summary>
/// Ports for Orleans' listeners, which cannot ask for any free one themselves, and log a stack if theirs is taken.
/// Another process may take a port before it is used; the start then fails and says so.
/// </summary>
internal static class FreePort
{
    /// <summary>
    /// 0, which Orleans takes for no listener, where the port is <c>null</c>; otherwise as <see cref="OrGiven"/>.
    /// </summary>
    /// <inheritdoc cref="OrGiven" path="/exception"/>
    public static int OrNone(int? port, IPAddress address, string option) =>
        port is { } asked ? OrGiven(asked, address, option) : 0;

    /// <summary>The port itself, or a free one for 0.</summary>
    /// <param name="port">The port that was asked for.</param>
    /// <param name="address">The address on which it will be used.</param>
    /// <param name="option">The option of the command line that sets the port.</param>
    /// <exception cref="PortInUseException">The port is taken.</exception>
    public static int OrGiven(int port, IPAddress address, string option)
    {
        using var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new PortInUseException(new IPEndPoint(address, port), option);
        }

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
