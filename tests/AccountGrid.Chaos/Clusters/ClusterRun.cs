using System.Collections.Immutable;
using System.Globalization;
using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Nemeses;
using AccountGrid.Chaos.Running;
using AccountGrid.Chaos.Workloads;
using AccountGrid.Testing;

namespace AccountGrid.Chaos.Clusters;

/// <summary>What a run against a cluster is made of. With the commit, the seed says what was planned; timing is the machine's.</summary>
internal sealed record ClusterRunOptions(int Seed)
{
    /// <summary>The clients. Short timeouts: behind a dead connection is another silo.</summary>
    public WorkloadOptions Workload { get; init; } = new() { Timeout = TimeSpan.FromSeconds(8), People = 120, BigIngest = 3_000 };

    /// <summary>The cluster.</summary>
    public ClusterOptions Cluster { get; init; } = new();

    /// <summary>Operations in the history at most.</summary>
    public int HistoryCapacity { get; init; } = 1_000_000;

    /// <summary>How long nothing happens before everything is checked: what was sent and not answered is decided by then, one way or the other.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>
/// One run: clients at work on all silos, one nemesis after the other, and after each the clients hold still and everything is checked. Used by one caller.
/// </summary>
internal sealed class ClusterRun(ClusterRunOptions options, Action<string> log) : IAsyncDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(90);
    private readonly TempDirectory _kept = new();
    private readonly History _history = new(TimeProvider.System, options.HistoryCapacity);
    private readonly Connection _connection = new();
    private readonly List<Disturbance> _disturbances = [];
    private Cluster? _cluster;
    private Workload? _workload;
    private GateTimes? _gate;
    private RecoveredState? _before;
    private TimeSpan _startedAt;
    private bool _failed;
    private int _round;

    /// <summary>The cluster.</summary>
    public Cluster Cluster => _cluster ?? throw new InvalidOperationException("Not started.");

    /// <summary>Rounds with a strike.</summary>
    public int Strikes { get; private set; }

    /// <summary>Starts the cluster and lets the clients go.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => GuardAsync("the start", async () =>
    {
        _gate = new GateTimes(_history);
        _cluster = await Cluster.StartAsync(options.Cluster, _history, _connection, cancellationToken);
        _startedAt = _history.Now;
        _workload = new Workload(_history, _connection, _cluster.Tokens.Token, options.Workload, options.Seed, TimeProvider.System);
        await _workload.StartAsync(cancellationToken);
    });

    /// <summary>One nemesis: the clients work, it strikes, everything is mended, they work again, and everything is checked.</summary>
    /// <returns>Whether it struck; it says why where it did not.</returns>
    public async Task<bool> StrikeAsync(ClusterNemesis nemesis, CancellationToken cancellationToken)
    {
        if (nemesis.Missing(Cluster) is { } reason)
        {
            log($"{nemesis.Name}: skipped: {reason}");
            return false;
        }

        // What one nemesis does depends on the seed, its name and how often it came, not on what else was asked for.
        var random = new Random(unchecked((options.Seed * 397) ^ (nemesis.Name.Aggregate(17, (h, c) => (h * 31) + c) + _round++)));
        await GuardAsync($"round {_round}, {nemesis.Name}", async () =>
        {
            await Task.WhenAny(_history.NextAnswersAsync(100 + random.Next(200)), Task.Delay(TimeSpan.FromSeconds(8), cancellationToken));
            var began = _history.Now;
            _disturbances.Add(new(began, TimeSpan.MaxValue));
            var strike = new Strike(Cluster, random, _history, log, cancellationToken);
            var did = await nemesis.StrikeAsync(strike);
            await Cluster.RecoverAsync(cancellationToken);
            await strike.WorkAsync(200);
            await _workload!.ThrowIfBrokenAsync();
            var availability = Availability.Of(_history.Snapshot(), _gate!, began, _history.Now);
            log(string.Create(CultureInfo.InvariantCulture, $"{began.TotalSeconds,6:0.0} s  {nemesis.Name}: {did}"));
            log($"          {availability}");
            Strikes++;
            await SettleAndCheckAsync(nemesis.Name, strike.Violations, cancellationToken);
        });
        return true;
    }

    /// <summary>The end: every check once more, and what it was all like.</summary>
    public async Task<ClusterSummary> FinishAsync(CancellationToken cancellationToken)
    {
        await GuardAsync("the end", async () =>
        {
            await Task.WhenAny(_history.NextAnswersAsync(200), Task.Delay(TimeSpan.FromSeconds(5), cancellationToken));
            await SettleAndCheckAsync("the end", [], cancellationToken, opens: false);
            await _workload!.StopAsync();
            await _workload.ThrowIfBrokenAsync();
        });
        var snapshot = _history.Snapshot();
        return ClusterSummary.Of(options.Seed, Strikes, snapshot, _before!, Availability.Of(snapshot, _gate!, _startedAt, _gate!.LastClosed));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_workload is not null)
        {
            await _workload.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        if (!_failed)
        {
            _kept.Dispose();
        }
    }

    private async Task SettleAndCheckAsync(string phase, List<Violation> found, CancellationToken cancellationToken, bool opens = true)
    {
        await _connection.CloseAsync(cancellationToken).WaitAsync(Quiet, cancellationToken);
        _gate!.Close();
        await Task.Delay(options.Settling, cancellationToken);
        Cluster.EndEpoch();
        if (_disturbances.Count > 0 && _disturbances[^1].To == TimeSpan.MaxValue)
        {
            _disturbances[^1] = _disturbances[^1] with { To = _history.Now };
        }

        var history = _history.Snapshot();
        var disk = await DatabaseReader.ReadAsync(Cluster.ConnectionString, static _ => true, cancellationToken);
        var ids = history.Operations.Where(o => o.Intent.Kind == OperationKind.Register).Select(o => o.Intent.Account).Distinct().Order().ToArray();
        var recovered = await Reader(_round).ReadAsync(ids, disk, cancellationToken);
        found.AddRange(AllCheckers.Check(history, recovered, _before, Rules()));
        foreach (var member in Cluster.Members)
        {
            found.AddRange(AgreementChecker.Check(member.Name, recovered, await Reader(member.Plan.Number).ReadServedAsync(ids, cancellationToken)));
        }

        Require(phase, [.. found]);
        _before = recovered;
        if (opens)
        {
            _gate.Open();
            _connection.Open();
        }
    }

    private CheckRules Rules() => new(options.Cluster.ProtectedReach, options.Cluster.MaxHarms, StoreFails: true) { Disturbances = [.. _disturbances] };

    private RecoveryReader Reader(int member) => new(
        Cluster.Members[member % Cluster.Members.Length].Endpoint(Cluster.Epoch).Invoker, Cluster.Tokens.Token("shop", ["service"]), Cluster.Tokens.Token("auditor", ["auditor"]));

    private async Task GuardAsync(string phase, Func<Task> action)
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

    private void Require(string phase, ImmutableArray<Violation> violations)
    {
        if (!violations.IsEmpty)
        {
            throw Fail(phase, violations, null);
        }
    }

    /// <summary>Keeps the whole history and everything that the processes printed.</summary>
    private CrashRunException Fail(string phase, ImmutableArray<Violation> violations, Exception? cause)
    {
        _failed = true;
        HistoryFile.Write(_kept.File("chaos-history.txt"), _history.Snapshot());
        File.WriteAllLines(_kept.File("chaos-violations.txt"), violations.Select(v => v.ToString()).Append(cause?.ToString() ?? ""));
        foreach (var member in _cluster?.Members ?? [])
        {
            File.WriteAllLines(_kept.File($"chaos-output-{member.Plan.Number + 1}.txt"), member.Output);
        }

        File.WriteAllLines(_kept.File("chaos-output-postgres.txt"), _cluster?.Postgres.Output ?? []);
        return new CrashRunException(
            $"""
            Seed {options.Seed}, {phase}: {violations.Length} violations. Kept: {_kept.FullPath}
            {string.Join('\n', violations.Take(20))}{cause?.Message}
            """,
            cause);
    }
}
