using System.Diagnostics;
using System.Net.Http.Headers;
using System.Reflection;
using AccountGrid.Testing;

namespace AccountGrid.Gateway.Host.Tests;

/// <summary>The real gateway process on free ports.</summary>
internal sealed class GatewayProcess(string directory, string postgres, IReadOnlyDictionary<string, string> environment, params string[] arguments) : IAsyncDisposable
{
    private static readonly string[] Ports = ["--http-port", "--grpc-port"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly RunningProcess _process = new(Start(directory, postgres, environment, arguments));

    public GatewayProcess(string directory, string postgres, params string[] arguments)
        : this(directory, postgres, new Dictionary<string, string>(), arguments)
    {
    }

    /// <summary>What it has printed so far.</summary>
    public string Output => string.Join('\n', _process.Output);

    /// <summary>Waits until it listens.</summary>
    /// <returns>A client with a token of the silos' development key.</returns>
    public async Task<HttpClient> ConnectAsync(string subject, string[] roles, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        var address = await _process.WaitForValueAsync("HTTP", timeout.Token);
        var client = new HttpClient { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.Mint(directory, subject, roles));
        return client;
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(Patience, cancellationToken);

    /// <summary>SIGTERM.</summary>
    public void Terminate() => _process.Terminate();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static ProcessStartInfo Start(string directory, string postgres, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var assembly = typeof(GatewayProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static a => a.Key == "GatewayHostAssembly").Value!;
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            ["exec", assembly, "--data", directory, .. Ports.Where(p => !arguments.Contains(p)).SelectMany(static p => new[] { p, "0" }), .. arguments])
        { WorkingDirectory = Path.GetTempPath() };
        start.Environment["ACCOUNTGRID__POSTGRES"] = postgres;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
