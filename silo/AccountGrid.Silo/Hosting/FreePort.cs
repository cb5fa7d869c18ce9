using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace AccountGrid.Silo;

/// <summary>
/// Ports for Orleans' listeners, which cannot ask for any free one themselves, and log a stack if theirs is taken.
/// Another process may take a port before it is used; the start then fails and says so.
/// </summary>
internal static class FreePort
{
    private const int First = 12_000;
    private const int Count = 8_000;

    /// <summary>
    /// 0, which Orleans takes for no listener, where the port is <c>null</c>; otherwise as <see cref="OrGiven"/>.
    /// </summary>
    /// <inheritdoc cref="OrGiven" path="/exception"/>
    public static int OrNone(int? port, IPAddress address, string option) =>
        port is { } asked ? OrGiven(asked, address, option) : 0;

    /// <summary>
    /// The port itself, or a free one for 0: below those that systems give to outgoing connections (from 32,768 on), so
    /// that no connection takes it before it is used.
    /// </summary>
    /// <param name="port">The port that was asked for.</param>
    /// <param name="address">The address on which it will be used.</param>
    /// <param name="option">The option of the command line that sets the port.</param>
    /// <exception cref="PortInUseException">The port is taken.</exception>
    public static int OrGiven(int port, IPAddress address, string option)
    {
        if (port != 0)
        {
            return IsFree(port, address) ? port : throw new PortInUseException(new IPEndPoint(address, port), option);
        }

        // Silos that start together begin at different ones.
        var first = RandomNumberGenerator.GetInt32(Count);
        for (var i = 0; i < Count; i++)
        {
            var candidate = First + ((first + i) % Count);
            if (IsFree(candidate, address))
            {
                return candidate;
            }
        }

        throw new PortInUseException(new IPEndPoint(address, First), option);
    }

    private static bool IsFree(int port, IPAddress address)
    {
        using var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
