using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AccountGrid.Testing;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>A Redis server of this run's own: in memory only, as a cache is, on a free port of loopback.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private const string Program = "redis-server";
    private readonly RunningProcess _process;

    private RedisServer(RunningProcess process, int port) => (_process, Port) = (process, port);

    /// <summary>Why there is none here; <c>null</c> where there is one.</summary>
    public static string? Missing { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, Program)))
            ? null
            : $"Needs {Program} in PATH.";

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>As its client is told.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>The process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts one and waits until it answers.</summary>
    public static async Task<RedisServer> StartAsync(CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        string[] settings =
            ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly",
                "no"];
        var server = new RedisServer(
            new RunningProcess(new ProcessStartInfo(Program, settings) { WorkingDirectory = Path.GetTempPath() }),
            port);
        try
        {
            await server._process.WaitForLineAsync(
                static l => l.Contains("Ready to accept connections", StringComparison.Ordinal), cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
