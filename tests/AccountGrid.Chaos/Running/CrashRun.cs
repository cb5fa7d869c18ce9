using System.Collections.Immutable;
using System.Globalization;
using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Linearizability;
using AccountGrid.Chaos.Nemeses;
using AccountGrid.Chaos.Workloads;
using AccountGrid.Testing;

namespace AccountGrid.Chaos.Running;

/// <summary>What a run is made of. With the commit, the seed says what was planned; timing is the machine's.</summary>
internal sealed record CrashRunOptions(int Seed, int Kills)
{
    /// <summary>The clients.</summary>
    public WorkloadOptions Workload { get; init; } = new();

    /// <summary>Followers from which an account is protected; low, so that the workload's accounts cross it.</summary>
    public long ProtectedReach { get; init; } = 60;

    /// <summary>Harms per person and hour: the default.</summary>
    public int MaxHarms { get; init; } = 30;

    /// <summary>As in <see cref="CheckRules.StoreFails"/>.</summary>
    public bool StoreFails { get; init; }

    /// <summary>As in <see cref="SiloProcessOptions.Launcher"/>.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    /// <summary>Operations in the history at most.</summary>
    public int HistoryCapacity { get; init; } = 200_000;
}

/// <summary>
/// One run: clients at work, blow after blow, a restart on the same data after each, and every check while the clients hold still (after a herd restart, only those that
/// need no stillness). Used by one caller.
/// </summary>
internal sealed class CrashRun(CrashRunOptions options, Action<string> log) : IAsyncDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(90);
    private readonly TempDirectory _data = new();
    private readonly History _history = new(TimeProvider.System, options.HistoryCapacity);
    private readonly Connection _connection = new();
    private SiloUnderTest? _silo;
    private Workload? _workload;
    private Nemesis? _nemesis;
    private RecoveredState? _before;
    private bool _failed;
    private int _step;

    /// <summary>The silo.</summary>
    public SiloUnderTest Silo => _silo ?? throw new InvalidOperationException("Not started.");

    /// <summary>Starts the silo and lets the clients go.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => GuardAsync("the start", async () =>
    {
        _silo = await SiloUnderTest.StartAsync(SiloSettings.For(_data.FullPath, options), _history, _connection, cancellationToken);
        _workload = new Workload(_history, _connection, _silo.Token, options.Workload, options.Seed, TimeProvider.System);
        _nemesis = new Nemesis(_silo, _history, _workload);
        _silo.Publish();
        await _workload.StartAsync(cancellationToken);
    });

    /// <summary>Waits until the clients have so many more answers, but not for ever.</summary>
    public Task WorkAsync(int answers, CancellationToken cancellationToken) =>
        Task.WhenAny(_history.NextAnswersAsync(answers), Task.Delay(TimeSpan.FromSeconds(10), cancellationToken));

    /// <summary>One blow, the restart and the checks.</summary>
    public Task StrikeAsync(NemesisStep step, CancellationToken cancellationToken)
    {
        var phase = string.Create(CultureInfo.InvariantCulture, $"step {++_step}, {step}");
        return GuardAsync(phase, async () =>
        {
            await _nemesis!.StrikeAsync(step, cancellationToken);
            await _workload!.ThrowIfBrokenAsync();
            await RecoverAsync(phase, step, cancellationToken);
            log(string.Create(
                CultureInfo.InvariantCulture, $"{_history.Now.TotalSeconds,6:0.0} s  {phase}: recovered, {_history.Count} operations, {_before?.Audit.Entries} entries"));
        });
    }

    /// <summary>An orderly stop: it loses nothing either, and what it leaves is checked like the rest.</summary>
    public async Task<CrashSummary> FinishAsync(CancellationToken cancellationToken)
    {
        await GuardAsync("the end", async () =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
            await _workload!.ThrowIfBrokenAsync();
            await _connection.CloseAsync(cancellationToken).WaitAsync(Quiet, cancellationToken);
            await _workload.StopAsync();
            var exitCode = await Silo.StopAsync(cancellationToken);
            Require("the stop", exitCode == 0 ? [] : [new("stops-in-order", 0, $"exit code {exitCode}")]);
            var disk = DiskReader.Read(_data.FullPath);
            await Silo.RestartAsync(cancellationToken);
            var history = _history.Snapshot();
            await CheckAsync("the end", history, disk, cancellationToken);
            CheckOrder(history);
        });
        return CrashSummary.Of(options.Seed, _history.Snapshot(), _before!, _nemesis!, Silo.LongestUnavailability);
    }

    /// <summary>Does something of a test's own; whatever it throws says how to see it again.</summary>
    /// <exception cref="CrashRunException">Something must not be; the message names the seed and where everything is kept.</exception>
    public async Task GuardAsync(string phase, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception e) when (e is not CrashRunException)
        {
            throw Fail(phase, [], e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_workload is not null)
        {
            await _workload.DisposeAsync();
        }

        if (_silo is not null)
        {
            await _silo.DisposeAsync();
        }

        if (!_failed)
        {
            _data.Dispose();
        }
    }

    private async Task RecoverAsync(string phase, NemesisStep step, CancellationToken cancellationToken)
    {
        if (!step.Herd)
        {
            await _connection.CloseAsync(cancellationToken).WaitAsync(Quiet, cancellationToken);
        }

        var history = _history.Snapshot();
        var disk = DiskReader.Read(_data.FullPath);
        var durable = Math.Max(disk.LastCheckpoint, _before?.Audit.Checkpoints ?? 0);
        await _nemesis!.AfterDeathAsync(step, durable, cancellationToken);
        await Silo.RestartAsync(cancellationToken);
        if (step.Herd)
        {
            Silo.Publish();
            var verdict = await Reader().VerifyAsync(cancellationToken);
            Require(phase, verdict.Intact ? [] : [new(AuditChecker.Broken, 0, verdict.Problem)]);
            return;
        }

        await CheckAsync(phase, history, disk, cancellationToken);
        Silo.Publish();
        _connection.Open();
    }

    private async Task CheckAsync(string phase, HistorySnapshot history, DiskState disk, CancellationToken cancellationToken)
    {
        var ids = history.Accounts;
        var recovered = await Reader().ReadAsync(ids, disk, cancellationToken);
        Require(phase, AllCheckers.Check(history, recovered, _before, new CheckRules(options.ProtectedReach, options.MaxHarms, options.StoreFails)));
        _before = recovered;
    }

    /// <summary>Over the whole run at once: what was true across restarts, too. One silo, so that nothing may be old.</summary>
    private void CheckOrder(HistorySnapshot history)
    {
        var report = LinearizabilityChecker.Check(history, ReadConsistency.Linearizable, _before);
        log(string.Join('\n', [report.ToString(), .. report.Undecided]));
        Require("the order of everything", report.Violations);
    }

    private RecoveryReader Reader() => new(Silo.Endpoint.Invoker, Silo.Token("shop", ["service"]), Silo.Token("auditor", ["auditor"]));

    private void Require(string phase, ImmutableArray<Violation> violations)
    {
        if (!violations.IsEmpty)
        {
            throw Fail(phase, violations, null);
        }
    }

    /// <summary>Keeps the data directory, and in it the whole history.</summary>
    private CrashRunException Fail(string phase, ImmutableArray<Violation> violations, Exception? cause)
    {
        _failed = true;
        var snapshot = _history.Snapshot();
        HistoryFile.Write(_data.File("chaos-history.txt"), snapshot);
        File.WriteAllLines(_data.File("chaos-violations.txt"), violations.Select(v => v.ToString()));
        File.WriteAllText(_data.File("chaos-output.txt"), _silo?.Output ?? "");
        return new CrashRunException(
            $"""
            Seed {options.Seed}, {options.Kills} kills, {phase}: {violations.Length} violations. Kept: {_data.FullPath}
            {string.Join('\n', violations.Take(20))}
            """,
            cause);
    }
}

/// <summary>A run that showed something that must not be.</summary>
internal sealed class CrashRunException(string message, Exception? cause) : Exception(message, cause);
