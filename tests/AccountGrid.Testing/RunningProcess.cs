using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace AccountGrid.Testing;

/// <summary>
/// A child process whose output is collected and can be awaited line by line. It dies with this object, and with the
/// test process. Thread-safe.
/// </summary>
public sealed class RunningProcess : IAsyncDisposable
{
    /// <summary>Ends a process at once.</summary>
    public const int SigKill = 9;

    private const int SigTerm = 15;
    private const int SigContinue = 18;
    private const int SigStop = 19;
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = New();
    private bool _ended;

    /// <summary>Starts it, with both outputs redirected.</summary>
    public RunningProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Add(e.Data);
        _process.ErrorDataReceived += (_, e) => Add(e.Data);
        _process.Exited += (_, _) => End();
        AppDomain.CurrentDomain.ProcessExit += KillNow;
        _process.Start();
        Id = _process.Id;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The process id.</summary>
    public int Id { get; }

    /// <summary>Whether it is over.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>A copy of what it has printed so far.</summary>
    public IReadOnlyList<string> Output
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Waits for a line <c>name  value</c> and returns the value.</summary>
    /// <exception cref="InvalidOperationException">The process ended without printing it.</exception>
    public async Task<string> WaitForValueAsync(string name, CancellationToken cancellationToken)
    {
        var line = await WaitForLineAsync(l => l.StartsWith(name + " ", StringComparison.Ordinal), cancellationToken);
        return line[name.Length..].Trim();
    }

    /// <summary>Waits for the first line, also among those already printed, that satisfies a condition.</summary>
    /// <exception cref="InvalidOperationException">The process ended without printing one.</exception>
    public async Task<string> WaitForLineAsync(Func<string, bool> condition, CancellationToken cancellationToken)
    {
        for (var next = 0; ;)
        {
            Task changed;
            lock (_gate)
            {
                for (; next < _lines.Count; next++)
                {
                    if (condition(_lines[next]))
                    {
                        return _lines[next];
                    }
                }

                if (_ended)
                {
                    throw new InvalidOperationException($"The process ended. It printed:\n{string.Join('\n', _lines)}");
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>SIGTERM: asks it to end in order.</summary>
    public void Terminate()
    {
        if (!_process.HasExited && Kill(Id, SigTerm) != 0)
        {
            throw new InvalidOperationException($"Process {Id} could not be signalled.");
        }
    }

    /// <summary>SIGSTOP: it stands still, and keeps everything open.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Pause() => SendSignal(Id, SigStop);

    /// <summary>SIGCONT: it goes on.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Resume() => SendSignal(Id, SigContinue);

    /// <summary>Sends a signal to any process.</summary>
    /// <returns>Whether there was such a process.</returns>
    public static bool SendSignal(int processId, int signal) => Kill(processId, signal) == 0;

    /// <summary>
    /// The processes that a process has started and that still run, in the order of their start (Linux).
    /// </summary>
    public static IReadOnlyList<int> ChildrenOf(int processId)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task/{processId}/children");
        return File.Exists(path)
            ? [.. File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(static id => int.Parse(id, CultureInfo.InvariantCulture))]
            : [];
    }

    /// <summary>Whether a process is dead and only waits to be asked for its exit code.</summary>
    public static bool IsZombie(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[stat.LastIndexOf(')')..].StartsWith(") Z", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Waits for its end and for the rest of its output.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It still runs.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        try
        {
            await _process.WaitForExitAsync(cancellationToken).WaitAsync(timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"The process did not end within {timeout}. It printed:\n{string.Join('\n', Output)}");
        }

        return _process.ExitCode;
    }

    /// <summary>SIGKILL if it still runs. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillNow;
        KillNow(null, EventArgs.Empty);
        await _process.WaitForExitAsync();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void KillNow(object? sender, EventArgs e)
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    private void Add(string? line)
    {
        if (line is not null)
        {
            Change(() => _lines.Add(line));
        }
    }

    // The exit may be seen before the last lines: whoever waits for a line gets those first.
    private void End()
    {
        _process.WaitForExit();
        Change(() => _ended = true);
    }

    private void Change(Action change)
    {
        TaskCompletionSource before;
        lock (_gate)
        {
            change();
            before = _changed;
            _changed = New();
        }

        before.SetResult();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
