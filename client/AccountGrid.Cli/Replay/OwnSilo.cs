using System.Diagnostics;
using System.Runtime.InteropServices;
using AccountGrid.Client;
using Grpc.Health.V1;

namespace AccountGrid.Cli.Replay;

/// <summary>
/// A silo of the replay's own: a child process on a temporary data directory and free ports. Disposing stops it
/// (politely first) and removes its data.
/// </summary>
internal sealed partial class OwnSilo : IAsyncDisposable
{
    private const string GrpcPrefix = "gRPC ";
    private const int KeptLines = 40;
    private const long BytesPerFollower = 150;
    private const int Terminate = 15;

    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(15);

    private readonly DirectoryInfo _data;
    private readonly Queue<string> _lastLines = new();
    private Process _process;
    private TaskCompletionSource<Uri> _listens = NewListens();

    private OwnSilo(Process process, DirectoryInfo data)
    {
        _process = process;
        _data = data;
    }

    /// <summary>Its gRPC address.</summary>
    public Uri Server { get; private set; } = null!;

    /// <summary>Its data directory, with the development key.</summary>
    public string DataDirectory => _data.FullName;

    /// <summary>Starts one and waits until it takes requests.</summary>
    /// <exception cref="CliException">
    /// There is no silo to start, no room for its data, or it does not come up.
    /// </exception>
    public static async Task<OwnSilo> StartAsync(Invocation run, ReplayScale scale, CancellationToken cancellationToken)
    {
        var program = SiloProgram.Find(run.Host);
        var data = Directory.CreateTempSubdirectory("accountgrid-replay-");
        OwnSilo? silo = null;
        try
        {
            CheckRoom(data, scale);
            silo = new OwnSilo(Launch(program, data, port: 0), data);
            run.Output.Note($"Starting a silo of its own, process {silo._process.Id}, data in {data.FullName}");
            await silo.WaitAsync(run, cancellationToken);
            return silo;
        }
        catch
        {
            if (silo is null)
            {
                data.Delete(recursive: true);
            }
            else
            {
                await silo.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>
    /// Stops it and starts it again on the same data and gRPC port; waits until it takes requests.
    /// </summary>
    /// <param name="run">The command that tells the story.</param>
    /// <param name="setting">A setting's name, as in the configuration.</param>
    /// <param name="value">Its value from now on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CliException">It does not come up.</exception>
    public async Task RestartAsync(Invocation run, string setting, string value, CancellationToken cancellationToken)
    {
        await StopAsync();
        _listens = NewListens();
        _process = Launch(SiloProgram.Find(run.Host), _data, Server.Port, setting, value);
        await WaitAsync(run, cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _data.Delete(recursive: true);
    }

    private async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            if (OperatingSystem.IsWindows() || Kill(_process.Id, Terminate) != 0)
            {
                _process.Kill(entireProcessTree: true);
            }

            using var patience = new CancellationTokenSource(StopWithin);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
    }

    private static TaskCompletionSource<Uri> NewListens() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Process Launch(
        SiloProgram program, DirectoryInfo data, int port, string? setting = null, string? value = null)
    {
        var start = program.Prepare("--data", data.FullName, "--http-port", "0", "--grpc-port", $"{port}");
        if (setting is not null)
        {
            start.Environment["AccountGrid__" + setting.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        (start.RedirectStandardOutput, start.RedirectStandardError, start.RedirectStandardInput) = (true, true, true);
        var process = SiloProgram.Start(start);
        process.StandardInput.Close();
        return process;
    }

    private async Task WaitAsync(Invocation run, CancellationToken cancellationToken)
    {
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartWithin);
        try
        {
            var first = await Task.WhenAny(_listens.Task, _process.WaitForExitAsync(limit.Token));
            if (first == _listens.Task)
            {
                Server = await _listens.Task;
                await WaitUntilServingAsync(run, limit.Token);
                return;
            }

            await first;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Not in time: told below.
        }

        lock (_lastLines)
        {
            throw new CliException(
                ExitCode.Unavailable,
                (_process.HasExited
                    ? $"The silo ended with exit code {_process.ExitCode}. "
                    : $"The silo was not up within {Show.Duration(StartWithin)}. ")
                    + $"It said last: {string.Join(" / ", _lastLines)}");
        }
    }

    private async Task WaitUntilServingAsync(Invocation run, CancellationToken cancellationToken)
    {
        using var api = Servers.Open(Server, TimeSpan.FromSeconds(5), run.Clock);
        while (true)
        {
            try
            {
                var health = await api.CheckHealthAsync(cancellationToken);
                if (health.Status == HealthCheckResponse.Types.ServingStatus.Serving)
                {
                    return;
                }
            }
            catch (AccountGridException e) when (e.IsTransient)
            {
                // Not yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), run.Clock, cancellationToken);
        }
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > KeptLines)
            {
                _lastLines.Dequeue();
            }
        }

        if (line.TrimStart().StartsWith(GrpcPrefix, StringComparison.Ordinal)
            && Uri.TryCreate(line.TrimStart()[GrpcPrefix.Length..].Trim(), UriKind.Absolute, out var server))
        {
            _listens.TrySetResult(server);
        }
    }

    private static void CheckRoom(DirectoryInfo data, ReplayScale scale)
    {
        var needed = (scale.Followers + scale.Bystander) * BytesPerFollower;
        var free = new DriveInfo(data.FullName).AvailableFreeSpace;
        if (free < needed)
        {
            throw new CliException(
                ExitCode.Unavailable,
                $"{data.FullName} has {Show.Count(free >> 20)} MB free and {Show.Count(needed >> 20)} are needed: "
                    + "set TMPDIR to a larger disk or choose fewer --followers.");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
