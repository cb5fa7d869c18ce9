using System.Collections.Concurrent;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Workloads;
using AccountGrid.Testing;
using Grpc.Net.Client;

namespace AccountGrid.Chaos.Running;

/// <summary>
/// One real silo over one data directory, through all its lives; tells the history of its deaths and the clients of its
/// addresses. Kills come from anywhere, everything else from one caller at a time.
/// </summary>
internal sealed class SiloUnderTest : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _tokens = new(StringComparer.Ordinal);
    private readonly SiloProcess _silo;
    private readonly History _history;
    private readonly Connection _connection;
    private GrpcChannel? _channel;
    private TimeSpan _diedAt;

    private SiloUnderTest(SiloProcess silo, History history, Connection connection) =>
        (_silo, _history, _connection) = (silo, history, connection);

    /// <summary>Which life it is, from 1.</summary>
    public int Incarnation { get; private set; }

    /// <summary>The process now.</summary>
    public int ProcessId => _silo.ProcessId;

    /// <summary>Where the data lies.</summary>
    public string DataDirectory => _silo.DataDirectory;

    /// <summary>The checkpoints outside the database.</summary>
    public string CheckpointLog => Path.Combine(DataDirectory, "checkpoints.jsonl");

    /// <summary>What the current process has printed.</summary>
    public string Output => string.Join('\n', _silo.Output);

    /// <summary>From a death to the readiness after it: the longest.</summary>
    public TimeSpan LongestUnavailability { get; private set; }

    /// <summary>Starts the first life. Not published yet.</summary>
    public static async Task<SiloUnderTest> StartAsync(
        SiloProcessOptions options, History history, Connection connection, CancellationToken cancellationToken)
    {
        var silo = new SiloUnderTest(await SiloProcess.StartAsync(options, cancellationToken), history, connection);
        silo.Begin();
        return silo;
    }

    /// <summary>Starts the next life. Not published yet.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await _silo.RestartAsync(cancellationToken);
        Begin();
        LongestUnavailability =
            TimeSpan.FromTicks(Math.Max(LongestUnavailability.Ticks, (_history.Now - _diedAt).Ticks));
    }

    /// <summary>Begins a start and kills it wherever it is after a part of the time that the last one took.</summary>
    /// <returns>Whether it was not ready yet.</returns>
    public async Task<bool> KillDuringStartAsync(double fraction, CancellationToken cancellationToken)
    {
        using var moment = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        moment.CancelAfter(_silo.StartedIn * fraction);
        try
        {
            await _silo.RestartAsync(moment.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await _silo.KillAsync();
            return true;
        }

        await _silo.KillAsync();
        return false;
    }

    /// <summary>Lets the clients in.</summary>
    public void Publish() => _connection.Publish(new Endpoint(Incarnation, _channel!.CreateCallInvoker()));

    /// <summary>What generated clients want, for the test's own reads.</summary>
    public Endpoint Endpoint => new(Incarnation, _channel!.CreateCallInvoker());

    /// <summary>SIGKILL first, everything else afterwards.</summary>
    public async Task KillAsync()
    {
        await _silo.KillAsync();
        Died();
    }

    /// <summary>Waits until it is dead of something else.</summary>
    public async Task WaitForDeathAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        await _silo.WaitForExitAsync(timeout, cancellationToken);
        Died();
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        var exitCode = await _silo.StopAsync(cancellationToken: cancellationToken);
        Died();
        return exitCode;
    }

    /// <summary>A token by the silo's development key, which outlives its kills. Thread-safe.</summary>
    public string Token(string subject, IEnumerable<string> roles)
    {
        var key = $"{subject} {string.Join(',', roles)}";
        return _tokens.GetOrAdd(key, _ => TestTokens.Mint(DataDirectory, subject, roles));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        _channel?.Dispose();
    }

    private void Begin()
    {
        Incarnation++;
        _channel = GrpcChannel.ForAddress(_silo.Grpc);
    }

    private void Died()
    {
        _connection.Withdraw();
        _history.Died(Incarnation);
        _diedAt = _history.Now;

        // Disposed only now, so that attempts under way meet the broken connection and no cancellation of ours.
        _channel?.Dispose();
    }
}
