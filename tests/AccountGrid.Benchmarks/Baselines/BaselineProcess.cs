using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AccountGrid.Testing;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>A baseline as a child process, with the garbage collector settings of the silo.</summary>
internal sealed class BaselineProcess : IAsyncDisposable
{
    private readonly RunningProcess _process;

    private BaselineProcess(RunningProcess process) => _process = process;

    /// <summary>The HTTP/JSON address.</summary>
    public Uri Http { get; private set; } = null!;

    /// <summary>The gRPC address.</summary>
    public Uri Grpc { get; private set; } = null!;

    /// <summary>The process.</summary>
    public int Id => _process.Id;

    /// <summary>Starts one and waits until it listens.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="keyFile">The development key whose tokens it takes.</param>
    /// <param name="directory">Its data.</param>
    /// <param name="accounts">Accounts to fill in; 0 = none.</param>
    /// <param name="environment">Further variables.</param>
    /// <param name="place">Where a peer keeps things; <c>null</c> = in its directory.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<BaselineProcess> StartAsync(
        BaselineKind kind, string keyFile, string directory, int accounts,
        IReadOnlyDictionary<string, string>? environment, PeerPlace? place, CancellationToken cancellationToken)
    {
        string[] verb =
        [
            "serve", "--kind", kind.ToString(), "--key", keyFile, "--directory", directory, "--accounts",
            accounts.ToString(CultureInfo.InvariantCulture),
            .. place?.Postgres is { } postgres ? ["--postgres", postgres] : Array.Empty<string>(),
            .. place?.Redis is { } redis ? ["--redis", redis] : Array.Empty<string>(),
        ];
        var baseline = new BaselineProcess(new RunningProcess(Self(verb, environment)));
        try
        {
            baseline.Http = new Uri(await baseline._process.WaitForValueAsync("HTTP", cancellationToken));
            baseline.Grpc = new Uri(await baseline._process.WaitForValueAsync("gRPC", cancellationToken));
            return baseline;
        }
        catch
        {
            await baseline.DisposeAsync();
            throw;
        }
    }

    /// <summary>How to start this program again with other arguments.</summary>
    public static ProcessStartInfo Self(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            ["exec", typeof(BaselineProcess).Assembly.Location, .. arguments]);
        start.Environment["DOTNET_gcServer"] = SiloUsesServerCollector() ? "1" : "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>Ends it.</summary>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    // Both sides must collect alike, and the silo's project decides.
    private static bool SiloUsesServerCollector()
    {
        using var settings =
            JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(SiloProcess.SiloAssembly, ".runtimeconfig.json")));
        return settings.RootElement.GetProperty("runtimeOptions").TryGetProperty("configProperties", out var properties)
            && properties.TryGetProperty("System.GC.Server", out var server) && server.GetBoolean();
    }
}
