using System.Diagnostics;
using System.Globalization;
using AccountGrid.Testing;

namespace AccountGrid.Chaos.Clusters;

/// <summary>
/// Other work on the host: a process of its own whose threads want a stated number of cores, so that silos, clients
/// and database share the processors with it as with any neighbour. It ends with <see cref="DisposeAsync"/>, and by
/// itself when this program dies in whatever way: it runs until its standard input ends, which this program alone
/// holds open. Thread-safe.
/// </summary>
internal sealed class HostLoad : IAsyncDisposable
{
    /// <summary>The smallest load, in cores.</summary>
    public const double Least = 0.1;

    /// <summary>The greatest load, in cores.</summary>
    public const double Most = 4;

    // Short, so that a part of a core is spread evenly and no silo has the host for itself for longer than this.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);
    private readonly long _startedAt = TimeProvider.System.GetTimestamp();
    private readonly RunningProcess _process;

    private HostLoad(double cores)
    {
        Cores = cores;
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            ["exec", typeof(HostLoad).Assembly.Location, "--burn", cores.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
        };
        _process = new RunningProcess(start);
    }

    /// <summary>How many cores it wants.</summary>
    public double Cores { get; }

    /// <summary>The id of its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>
    /// How many cores it got so far, on average; less than <see cref="Cores"/> where all processors are busy.
    /// <c>null</c> = it has ended, so there was no such load.
    /// </summary>
    public double? Taken
    {
        get
        {
            if (_process.HasExited)
            {
                return null;
            }

            using var process = Process.GetProcessById(_process.Id);
            return process.TotalProcessorTime / TimeProvider.System.GetElapsedTime(_startedAt);
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="cores">From <see cref="Least"/> to <see cref="Most"/>.</param>
    public static HostLoad Start(double cores) => new(cores);

    /// <summary>What the process does: it burns until its standard input ends.</summary>
    /// <param name="cores">From <see cref="Least"/> to <see cref="Most"/>.</param>
    public static async Task BurnAsync(double cores)
    {
        using var stop = new CancellationTokenSource();
        var threads = new List<Thread>();
        for (var left = cores; left > 0.001; left--)
        {
            var share = Math.Min(left, 1);
            var thread = new Thread(() => Burn(share, stop.Token)) { IsBackground = true };
            thread.Start();
            threads.Add(thread);
        }

        await Console.OpenStandardInput().CopyToAsync(Stream.Null, stop.Token);
        await stop.CancelAsync();
        threads.ForEach(static t => t.Join());
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>Wants the processor for a part of each period.</summary>
    private static void Burn(double share, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var began = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(began) < Period * share)
            {
                Thread.SpinWait(100);
            }

            if (share < 1)
            {
                stop.WaitHandle.WaitOne(Period * (1 - share));
            }
        }
    }
}
