using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace AccountGrid.ForeignClients.Tests;

/// <summary>Where things are on this machine.</summary>
internal static class Places
{
    /// <summary>A file of this project.</summary>
    public static string Of(params string[] parts) => Path.Combine([Metadata("ForeignClients"), .. parts]);

    /// <summary>What the build knows.</summary>
    public static string Metadata(string key) =>
        typeof(Places).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    /// <summary>
    /// Two free ports below those that the system deals out, so that nobody is dealt one of them while a silo that was
    /// killed does not listen.
    /// </summary>
    public static (int Http, int Grpc) FreePorts()
    {
        var free = Enumerable.Range(0, 10_000)
            .Select(static i => 20_000 + (((Environment.ProcessId * 7) + Interlocked.Add(ref _last, 2) + i) % 10_000))
            .Where(IsFree).Take(2).ToArray();
        return (free[0], free[1]);
    }

    private static int _last;

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
