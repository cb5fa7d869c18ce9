using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AccountGrid.Chaos.Clusters;

/// <summary>
/// A network of the silos' own: each in a network namespace with an address of its own, all on one bridge, at which the database's way in stands. Packets from one to another are
/// lost, silently and one way, by giving the sender a hardware address for the receiver that nobody has. The clients' way is not part of it: they open
/// their connections inside the silo's namespace. Linux, root. Used by one caller at a time, but for <see cref="ConnectAsync"/>.
/// </summary>
internal sealed class SiloNetwork : IAsyncDisposable
{
    /// <summary>Stands for the database in <see cref="CutAsync"/>; silos count from 0.</summary>
    public const int Database = -1;

    private const string NobodysHardware = "02:00:00:00:00:99";
    private const int CloneNewNetwork = 0x40000000;
    private static int _made;
    private readonly int _serial = Interlocked.Increment(ref _made);
    private readonly int _silos;
    private readonly HashSet<(int From, int To)> _cut = [];

    private SiloNetwork(int silos) => _silos = silos;

    /// <summary>Where the database's way in has to listen.</summary>
    public IPAddress DatabaseAddress => IPAddress.Parse(AddressOf(Database));

    // Networks for tests of network devices (RFC 2544): nobody's real one.
    private int Number => (Environment.ProcessId + (_serial * 101)) % 512;

    private string Bridge => Name("b");

    /// <summary>Makes it.</summary>
    /// <returns>The network, or <c>null</c> and why there is none.</returns>
    public static async Task<(SiloNetwork? Network, string Missing)> TryCreateAsync(int silos)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return (null, "network namespaces need Linux and root");
        }

        var network = new SiloNetwork(silos);
        try
        {
            await network.CreateAsync();
            return (network, "");
        }
        catch (MachineException e)
        {
            await network.DisposeAsync();
            return (null, "network namespaces are not allowed here: " + e.Message);
        }
    }

    /// <summary>The address of a silo, or of the database.</summary>
    public string AddressOf(int silo) => string.Create(CultureInfo.InvariantCulture, $"198.{18 + (Number >> 8)}.{Number & 255}.{(silo == Database ? 254 : silo + 1)}");

    /// <summary>What starts a program in the namespace of a silo.</summary>
    public ImmutableArray<string> LauncherOf(int silo) => ["ip", "netns", "exec", Space(silo)];

    /// <summary>Connects to an address as seen by a silo.</summary>
    public async ValueTask<Stream> ConnectAsync(int silo, DnsEndPoint address, CancellationToken cancellationToken)
    {
        var socket = OpenIn(Space(silo));
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address.Host), address.Port), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>From now on nothing that the one sends reaches the other.</summary>
    public async Task CutAsync(int from, int to)
    {
        _cut.Add((from, to));
        await SetNeighbourAsync(from, to, NobodysHardware);
    }

    /// <summary>Everything reaches everybody again.</summary>
    public async Task HealAsync()
    {
        foreach (var (from, to) in _cut)
        {
            await SetNeighbourAsync(from, to, HardwareOf(to));
        }

        _cut.Clear();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        for (var silo = 0; silo < _silos; silo++)
        {
            await IgnoreAsync("ip", "netns", "del", Space(silo));
            await IgnoreAsync("ip", "link", "del", Name("v", silo));
        }

        await IgnoreAsync("ip", "link", "del", Bridge);
    }

    private static async Task IgnoreAsync(string program, params string[] arguments)
    {
        try
        {
            await Machine.RunAsync(program, arguments);
        }
        catch (MachineException)
        {
            // It was not there.
        }
    }

    /// <summary>A socket belongs to the namespace of the thread that makes it, for good; the thread is thrown away, so that nobody else finds itself there.</summary>
    private static Socket OpenIn(string space)
    {
        Socket? socket = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle("/var/run/netns/" + space);
                socket = SetNamespace(handle, CloneNewNetwork) == 0
                    ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                    : throw new IOException($"The namespace {space} could not be entered: error {Marshal.GetLastPInvokeError()}.");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return socket ?? throw new SocketException((int)SocketError.NetworkUnreachable, failure?.Message);
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(SafeFileHandle handle, int kind);

    private async Task CreateAsync()
    {
        await Machine.RunAsync("ip", "link", "add", Bridge, "address", HardwareOf(Database), "type", "bridge");
        await Machine.RunAsync("ip", "addr", "add", AddressOf(Database) + "/24", "dev", Bridge);
        await Machine.RunAsync("ip", "link", "set", Bridge, "up");
        for (var silo = 0; silo < _silos; silo++)
        {
            var (space, link) = (Space(silo), Name("v", silo));
            await Machine.RunAsync("ip", "netns", "add", space);
            await Machine.RunAsync("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "address", HardwareOf(silo), "netns", space);
            await Machine.RunAsync("ip", "link", "set", link, "master", Bridge, "up");
            await Machine.RunAsync("ip", "-n", space, "addr", "add", AddressOf(silo) + "/24", "dev", "eth0");
            await Machine.RunAsync("ip", "-n", space, "link", "set", "eth0", "up");
            await Machine.RunAsync("ip", "-n", space, "link", "set", "lo", "up");
        }
    }

    private Task SetNeighbourAsync(int from, int to, string hardware) => Machine.RunAsync("ip",
    [
        .. from == Database ? Array.Empty<string>() : ["-n", Space(from)],
        "neigh", "replace", AddressOf(to), "lladdr", hardware, "nud", "permanent", "dev", from == Database ? Bridge : "eth0",
    ]);

    private string Space(int silo) => Name("s", silo);

    // Interface names have 15 characters at most.
    private string Name(string kind, int? silo = null) => string.Create(CultureInfo.InvariantCulture, $"a{kind}{Environment.ProcessId}-{_serial % 100}{(silo is null ? "" : "-")}{silo}");

    private static string HardwareOf(int silo) => string.Create(CultureInfo.InvariantCulture, $"02:00:00:00:01:{(silo == Database ? 254 : silo + 1):x2}");
}
