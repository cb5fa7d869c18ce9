using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace AccountGrid.Testing;

/// <summary>How to start a silo.</summary>
public sealed record SiloProcessOptions
{
    /// <summary>The data directory; <c>null</c> = a fresh one, removed at the end.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Further command line arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Further environment variables, such as <c>ACCOUNTGRID__ACCOUNTS__PROTECTEDREACH</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether it runs as an installation does; if not, what costs a short-lived process more than it brings is off.
    /// </summary>
    public bool AsInProduction { get; init; }

    /// <summary>
    /// Another program that hosts the silo and takes the same arguments; <c>null</c> =
    /// <see cref="SiloProcess.SiloAssembly"/>.
    /// </summary>
    public string? Assembly { get; init; }

    /// <summary>
    /// A program and its arguments that end by executing what follows them, such as <c>nice</c>; empty = none. The
    /// process id stays the silo's.
    /// </summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    /// <summary>
    /// How to reach the silo where that is not by an ordinary connection to its address; <c>null</c> = it is.
    /// </summary>
    public Func<DnsEndPoint, CancellationToken, ValueTask<Stream>>? Connect { get; init; }

    /// <summary>How long a start may take before the test fails.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>
/// The real silo as a child process on free ports, over a data directory that outlives its kills. Not thread-safe,
/// except for
/// <see cref="Token"/>, <see cref="Invoker"/> and <see cref="CreateHttpClient"/>.
/// </summary>
public sealed class SiloProcess : IAsyncDisposable
{
    private SiloProcessOptions _options;
    private readonly TempDirectory? _ownData;
    private RunningProcess _process;
    private GrpcChannel? _channel;

    private SiloProcess(SiloProcessOptions options, TempDirectory? ownData, string dataDirectory)
    {
        _options = options;
        _ownData = ownData;
        DataDirectory = dataDirectory;
        _process = Launch(options, dataDirectory);
    }

    /// <summary>Where the data lies.</summary>
    public string DataDirectory { get; }

    /// <summary>The HTTP/JSON address of the current process.</summary>
    public Uri Http { get; private set; } = null!;

    /// <summary>The gRPC address of the current process.</summary>
    public Uri Grpc { get; private set; } = null!;

    /// <summary>The current process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What the current process has printed so far, standard output and error in order of arrival.</summary>
    public IReadOnlyList<string> Output => _process.Output;

    /// <summary>From the start of the process to its readiness.</summary>
    public TimeSpan StartedIn { get; private set; }

    /// <summary>
    /// Where the built silo is: <c>ACCOUNTGRID_SILO</c>, or what the build wrote into the test assembly.
    /// </summary>
    public static string SiloAssembly =>
        Environment.GetEnvironmentVariable("ACCOUNTGRID_SILO") is { Length: > 0 } path
            ? path
            : BuiltProgram.PathOf("SiloAssembly", "UsesSiloProcess");

    /// <summary>Starts a silo and waits until it is ready.</summary>
    public static async Task<SiloProcess> StartAsync(
        SiloProcessOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new SiloProcessOptions();
        var ownData = options.DataDirectory is null ? new TempDirectory() : null;
        var silo = new SiloProcess(options, ownData, options.DataDirectory ?? ownData!.FullPath);
        try
        {
            await silo.WaitUntilReadyAsync(cancellationToken);
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a silo that is expected to refuse, and waits for its end.</summary>
    /// <returns>The exit code and everything that it printed.</returns>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(
        SiloProcessOptions options, CancellationToken cancellationToken = default)
    {
        using var data = options.DataDirectory is null ? new TempDirectory() : null;
        await using var process = Launch(options, options.DataDirectory ?? data!.FullPath);
        var exitCode = await process.WaitForExitAsync(options.StartTimeout, cancellationToken);
        return (exitCode, string.Join('\n', process.Output));
    }

    /// <summary>Starts a silo that is expected never to be ready, and does not wait.</summary>
    public static RunningProcess Begin(SiloProcessOptions options) =>
        Launch(options,
            options.DataDirectory
                ?? throw new ArgumentException(
                    "A silo that is only begun needs a directory that somebody else removes.", nameof(options)));

    /// <summary>Waits for the first line, also among those already printed, that satisfies a condition.</summary>
    /// <exception cref="InvalidOperationException">The process ended without printing one.</exception>
    public Task<string> WaitForLineAsync(Func<string, bool> condition, CancellationToken cancellationToken) =>
        _process.WaitForLineAsync(condition, cancellationToken);

    /// <summary>
    /// Starts a new process on the same data after <see cref="KillAsync"/> or <see cref="StopAsync"/>.
    /// </summary>
    /// <param name="assembly">The assembly of another version; <c>null</c> = the same as before.</param>
    /// <param name="cancellationToken">Ends the wait for its readiness.</param>
    public async Task RestartAsync(string? assembly, CancellationToken cancellationToken = default)
    {
        _options = _options with { Assembly = assembly ?? _options.Assembly };
        await KillAsync();
        _process = Launch(_options, DataDirectory);
        await WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>Starts a new process of the same version on the same data.</summary>
    public Task RestartAsync(CancellationToken cancellationToken = default) =>
        RestartAsync(assembly: null, cancellationToken);

    /// <summary>SIGKILL, at once. Idempotent.</summary>
    public async Task KillAsync()
    {
        DropChannel();
        await _process.DisposeAsync();
    }

    /// <summary>SIGTERM, without waiting.</summary>
    public void Terminate() => _process.Terminate();

    /// <summary>SIGSTOP: it stands still with everything open.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Pause() => _process.Pause();

    /// <summary>SIGCONT.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Resume() => _process.Resume();

    /// <summary>Whether the current process is over.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>SIGTERM, then waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        _process.Terminate();
        var exitCode = await _process.WaitForExitAsync(timeout ?? TimeSpan.FromSeconds(60), cancellationToken);
        DropChannel();
        return exitCode;
    }

    /// <summary>Waits for the end of the current process, however it comes.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> WaitForExitAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _process.WaitForExitAsync(timeout, cancellationToken);

    /// <summary>A token by this silo's development key.</summary>
    public string Token(string subject, params string[] roles) => TestTokens.Mint(DataDirectory, subject, roles);

    /// <summary>
    /// What a generated client wants: <c>new AccountService.AccountServiceClient(silo.Invoker("kim", "support"))</c>.
    /// </summary>
    public CallInvoker Invoker(string subject, params string[] roles) =>
        Anonymous().Intercept(new BearerToken(Token(subject, roles)));

    /// <summary>The same with a token as given.</summary>
    public CallInvoker InvokerWith(string token) => Anonymous().Intercept(new BearerToken(token));

    /// <summary>The same without a token.</summary>
    public CallInvoker Anonymous() => (_channel ??= CreateChannel()).CreateCallInvoker();

    /// <summary>A channel of the caller's own to the current process.</summary>
    public GrpcChannel CreateChannel() =>
        GrpcChannel.ForAddress(
            Grpc, new GrpcChannelOptions { HttpHandler = CreateHandler(), DisposeHttpClient = true });

    /// <summary>A client for the HTTP/JSON side.</summary>
    public HttpClient CreateHttpClient(string? token = null)
    {
        var client = new HttpClient(CreateHandler()) { BaseAddress = Http };
        client.DefaultRequestHeaders.Authorization = token is null
            ? null
            : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Ends the process, by force if it still runs, and removes the data if it is its own.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _ownData?.Dispose();
    }

    private static RunningProcess Launch(SiloProcessOptions options, string dataDirectory)
    {
        var start = BuiltProgram.Start(
            options.Assembly ?? SiloAssembly, dataDirectory, options.Arguments, options.Environment,
            options.AsInProduction, options.Launcher);
        if (!options.AsInProduction)
        {
            // Orleans' dashboard takes a sixth of a start.
            start.Environment["ACCOUNTGRID__DASHBOARD"] = "false";
        }

        return new(start);
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timeout = new CancellationTokenSource(_options.StartTimeout);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            Http = new Uri(await _process.WaitForValueAsync("HTTP", both.Token));
            Grpc = new Uri(await _process.WaitForValueAsync("gRPC", both.Token));
            using var client = CreateHttpClient();
            while (!(await client.GetAsync(new Uri("/health/ready", UriKind.Relative), both.Token)).IsSuccessStatusCode)
            {
                // The addresses are printed when the silo is up, so this is about a store that still opens.
                await Task.Delay(TimeSpan.FromMilliseconds(20), both.Token);
            }

            StartedIn = TimeProvider.System.GetElapsedTime(started);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException(string.Create(
                CultureInfo.InvariantCulture,
                $"The silo was not ready within {_options.StartTimeout}. It printed:\n{string.Join('\n', Output)}"));
        }
    }

    private SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        if (_options.Connect is { } connect)
        {
            handler.ConnectCallback = (context, cancellationToken) => connect(context.DnsEndPoint, cancellationToken);
        }

        return handler;
    }

    private void DropChannel()
    {
        _channel?.Dispose();
        _channel = null;
    }

    private sealed class BearerToken(string token) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
            AsyncUnaryCallContinuation<TRequest, TResponse> continuation) =>
            continuation(request, With(context));

        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
            BlockingUnaryCallContinuation<TRequest, TResponse> continuation) =>
            continuation(request, With(context));

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context,
            AsyncServerStreamingCallContinuation<TRequest, TResponse> continuation) =>
            continuation(request, With(context));

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncClientStreamingCallContinuation<TRequest, TResponse> continuation) =>
            continuation(With(context));

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context,
            AsyncDuplexStreamingCallContinuation<TRequest, TResponse> continuation) =>
            continuation(With(context));

        private ClientInterceptorContext<TRequest, TResponse> With<TRequest, TResponse>(
            ClientInterceptorContext<TRequest, TResponse> context)
            where TRequest : class
            where TResponse : class
        {
            var headers = new Metadata();
            foreach (var entry in context.Options.Headers ?? [])
            {
                headers.Add(entry);
            }

            headers.Add("authorization", $"Bearer {token}");
            return new ClientInterceptorContext<TRequest, TResponse>(
                context.Method, context.Host, context.Options.WithHeaders(headers));
        }
    }
}
