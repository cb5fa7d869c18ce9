using System.Diagnostics;
using System.Net.Http.Headers;

namespace AccountGrid.Testing;

/// <summary>How to start a gateway that is a process of its own.</summary>
public sealed record GatewayProcessOptions
{
    /// <summary>The directory with the silos' development key.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The cluster's database.</summary>
    public required string Postgres { get; init; }

    /// <summary>Further command line arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Further environment variables, such as <c>ACCOUNTGRID__GATEWAY__LIMITS__HEARTBEAT</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>As in <see cref="SiloProcessOptions"/>.</summary>
    public bool AsInProduction { get; init; }
}

/// <summary>The real gateway process on free ports, in front of the silos of a cluster. Thread-safe.</summary>
public sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly GatewayProcessOptions _options;
    private readonly RunningProcess _process;

    /// <summary>Starts it; whether its silos are there already does not matter.</summary>
    public GatewayProcess(GatewayProcessOptions options)
    {
        _options = options;
        _process = new RunningProcess(Start(options));
    }

    /// <summary>The process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What it has printed so far.</summary>
    public string Output => string.Join('\n', _process.Output);

    /// <summary>Waits until it listens, which it does once it has reached a silo.</summary>
    /// <returns>Where.</returns>
    public async Task<(Uri Http, Uri Grpc)> WaitForAddressesAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        return (new Uri(await _process.WaitForValueAsync("HTTP", timeout.Token)),
            new Uri(await _process.WaitForValueAsync("gRPC", timeout.Token)));
    }

    /// <summary>Waits until it listens.</summary>
    /// <returns>A client with a token of the silos' development key.</returns>
    public async Task<HttpClient> ConnectAsync(string subject, string[] roles, CancellationToken cancellationToken)
    {
        var client = new HttpClient { BaseAddress = (await WaitForAddressesAsync(cancellationToken)).Http };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", TestTokens.Mint(_options.DataDirectory, subject, roles));
        return client;
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> WaitForExitAsync(CancellationToken cancellationToken) =>
        _process.WaitForExitAsync(Patience, cancellationToken);

    /// <summary>SIGTERM.</summary>
    public void Terminate() => _process.Terminate();

    /// <summary>SIGKILL if it still runs.</summary>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static ProcessStartInfo Start(GatewayProcessOptions options)
    {
        var start = BuiltProgram.Start(
            BuiltProgram.PathOf("GatewayHostAssembly", "UsesGatewayProcess"), options.DataDirectory, options.Arguments,
            options.Environment, options.AsInProduction);
        start.Environment["ACCOUNTGRID__POSTGRES"] = options.Postgres;
        return start;
    }
}
