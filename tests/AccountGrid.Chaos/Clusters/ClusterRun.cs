using System.Collections.Immutable;
using System.Globalization;
using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Nemeses;
using AccountGrid.Chaos.Running;
using AccountGrid.Chaos.Workloads;
using AccountGrid.Testing;
using Grpc.Core;

namespace AccountGrid.Chaos.Clusters;

/// <summary>
/// What a run against a cluster is made of. With the commit, the seed says what was planned; timing is the machine's.
/// </summary>
internal sealed record ClusterRunOptions(int Seed)
{
    /// <summary>The clients. Short timeouts: behind a dead connection is another silo.</summary>
    public WorkloadOptions Workload { get; init; } =
        new() { Timeout = TimeSpan.FromSeconds(8), People = 120, BigIngest = 3_000 };

    /// <summary>The cluster that is started.</summary>
    public ClusterOptions Cluster { get; init; } = new();

    /// <summary>The grid of somebody else that is used instead; <c>null</c> = none.</summary>
    public RemoteGridOptions? Remote { get; init; }

    /// <summary>The status caches that are asked meanwhile: one for each silo of the cluster.</summary>
    public CacheWatchOptions Caches { get; init; } = new();

    /// <summary>
    /// The number of the part, from 0, where a long run has several. Each has clients of its own; how faults strike
    /// does not depend on it.
    /// </summary>
    public int Part { get; init; }

    /// <summary>Rounds before this part.</summary>
    public int RoundsBefore { get; init; }

    /// <summary>
    /// Where everything is kept in any case; <c>null</c> = in a temporary directory, where something does not hold.
    /// </summary>
    public string? Keep { get; init; }

    /// <summary>What clients and caches draw from.</summary>
    public int ClientSeed => unchecked(Seed + (Part * 1_000_003));

    /// <summary>Operations in the history at most.</summary>
    public int HistoryCapacity { get; init; } = 1_000_000;

    /// <summary>
    /// How long nothing happens before everything is checked: what was sent and not answered is decided by then, one
    /// way or the other.
    /// </summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>
/// One run: clients at work on all silos, one row of faults after the other, and after each the clients hold still and
/// everything is checked. Used by one caller.
/// </summary>
/// <param name="options">What it is made of.</param>
/// <param name="table">Gets a line for each fault, or pair of them.</param>
/// <param name="log">Prints a line.</param>
internal sealed class ClusterRun(ClusterRunOptions options, StrikeTable table, Action<string> log) : IAsyncDisposable
{
    /// <summary>Whoever is declared dead ends itself as soon as it can know.</summary>
    public const string ZombieLives = "declared-dead-ends-itself";

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(90);
    private readonly TempDirectory? _temporary = options.Keep is null ? new TempDirectory() : null;
    private readonly History _history = new(TimeProvider.System, options.HistoryCapacity);
    private readonly Connection _connection = new();
    private readonly List<Disturbance> _disturbances = [];
    private IGrid? _grid;
    private Workload? _workload;
    private CacheWatch? _caches;
    private GateTimes? _gate;
    private RecoveredState? _before;
    private Evidence? _evidence;
    private TimeSpan _startedAt;
    private bool _failed;
    private int _round = options.RoundsBefore;

    /// <summary>The cluster, where it is this run's own.</summary>
    public Cluster Cluster =>
        _grid as Cluster ?? throw new InvalidOperationException("Not started, or somebody else's.");

    /// <summary>Answers of caches that were checked.</summary>
    public int CacheAnswers { get; private set; }

    /// <summary>Rows that struck.</summary>
    public int Strikes { get; private set; }

    /// <summary>Rounds so far, with those of the parts before.</summary>
    public int Rounds => _round;

    /// <summary>Starts the cluster and lets the clients go.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => GuardAsync("the start", async () =>
    {
        _gate = new GateTimes(_history);
        _grid = options.Remote is { } remote
            ? new RemoteGrid(remote, _history, _connection)
            : await Cluster.StartAsync(options.Cluster, _history, _connection, cancellationToken);
        _startedAt = _history.Now;
        _workload = new Workload(
            _history, _connection, _grid.Token, options.Workload, options.ClientSeed, TimeProvider.System);
        await _workload.StartAsync(cancellationToken);
        WatchCaches();
    });

    /// <summary>
    /// One row: the clients work, it strikes, everything is mended, they work again, and everything is checked.
    /// </summary>
    /// <returns>Whether it struck; it says why where it did not.</returns>
    public async Task<bool> StrikeAsync(Row row, CancellationToken cancellationToken)
    {
        if (row.Missing(Cluster) is { } reason)
        {
            log($"{row.Name}: skipped: {reason}");
            return false;
        }

        var striker = new RowStriker(Cluster, _history, options.Seed, log);
        var (round, random) = (_round, RowStriker.RandomOf(options.Seed, row.First, _round));
        _round++;
        await GuardAsync(row.Name, async () =>
        {
            await Task.WhenAny(_history.NextAnswersAsync(100 + random.Next(200)),
                Task.Delay(TimeSpan.FromSeconds(8), cancellationToken));
            var began = _history.Now;
            _disturbances.Add(new(began, TimeSpan.MaxValue));
            var (did, found) = await striker.StrikeAsync(row, round, random, cancellationToken);
            var zombies = (await Cluster.RecoverAsync(cancellationToken))
                .Select(static m =>
                    new Violation(ZombieLives, 0,
                        $"{m.Name} was declared dead and still ran {Cluster.ZombiePatience.TotalSeconds:0} s "
                            + $"after it could have known"));
            await Task.WhenAny(_history.NextAnswersAsync(200),
                Task.Delay(TimeSpan.FromSeconds(8), cancellationToken));
            await _workload!.ThrowIfBrokenAsync();
            var availability = Availability.Of(_history.Snapshot(), _gate!, began, _history.Now);
            log(string.Create(CultureInfo.InvariantCulture, $"{began.TotalSeconds,6:0.0} s  {row.Name}: {did}"));
            log($"          {availability}");
            Strikes++;
            table.Struck(row.Name, availability);
            await SettleAndCheckAsync(row.Name, [.. found, .. zombies], cancellationToken);
        });
        return true;
    }

    /// <summary>No nemesis of ours: the clients work for a while, and everything is checked.</summary>
    public Task WorkAsync(TimeSpan time, CancellationToken cancellationToken) =>
        GuardAsync("the clients alone", async () =>
        {
            _round++;
            var began = _history.Now;
            if (options.Remote is not null)
            {
                // Somebody else may strike at any time.
                _disturbances.Add(new(began, TimeSpan.MaxValue));
            }

            await Task.Delay(time, cancellationToken);
            await _workload!.ThrowIfBrokenAsync();
            log(
                string.Create(CultureInfo.InvariantCulture,
                    $"{began.TotalSeconds,6:0.0} s  {Availability.Of(_history.Snapshot(), _gate!, began, _history.Now)}"));
            await SettleAndCheckAsync("the clients alone", [], cancellationToken);
        });

    /// <summary>The end: every check once more, and what it was all like.</summary>
    public async Task<ClusterSummary> FinishAsync(CancellationToken cancellationToken)
    {
        await GuardAsync("the end", async () =>
        {
            await Task.WhenAny(_history.NextAnswersAsync(200), Task.Delay(TimeSpan.FromSeconds(5), cancellationToken));
            await SettleAndCheckAsync("the end", [], cancellationToken, opens: false);
            await _workload!.StopAsync();
            await _workload.ThrowIfBrokenAsync();
            if (options.Keep is { } directory)
            {
                Keep(directory, _evidence);
            }
        });
        var snapshot = _history.Snapshot();
        return ClusterSummary.Of(
            options.Seed, Strikes, snapshot, _before!,
            Availability.Of(snapshot, _gate!, _startedAt, _gate!.LastClosed));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_caches?.DisposeAsync() ?? ValueTask.CompletedTask);
        if (_workload is not null)
        {
            await _workload.DisposeAsync();
        }

        if (_grid is not null)
        {
            await _grid.DisposeAsync();
        }

        if (!_failed)
        {
            _temporary?.Dispose();
        }
    }

    /// <summary>Starts one cache for each silo, if the silos are this run's own.</summary>
    private void WatchCaches()
    {
        if (_grid is not Cluster cluster)
        {
            return;
        }

        _caches = new CacheWatch(_history, options.Caches);
        foreach (var member in cluster.Members)
        {
            _caches.Add(
                $"the cache at {member.Name}",
                cancellationToken => cluster.ConnectAsync(member.Plan.Number, cancellationToken),
                () => cluster.Token("cache", ["service"]),
                () => _workload!.Accounts,
                new Random(unchecked((options.ClientSeed * 31) + member.Plan.Number)));
        }
    }

    private async Task SettleAndCheckAsync(
        string phase, List<Violation> found, CancellationToken cancellationToken, bool opens = true)
    {
        await _connection.CloseAsync(cancellationToken).WaitAsync(Quiet, cancellationToken);
        _gate!.Close();
        await Task.Delay(options.Settling, cancellationToken);
        _grid!.EndEpoch();
        if (_disturbances.Count > 0 && _disturbances[^1].To == TimeSpan.MaxValue)
        {
            _disturbances[^1] = _disturbances[^1] with { To = _history.Now };
        }

        _evidence = await GatherAsync(cancellationToken);
        var (violations, order) = _evidence.Judge();
        log($"          {order}");
        Require(phase, [.. found, .. violations]);
        _before = _evidence.Recovered;
        if (opens)
        {
            _gate.Open();
            _connection.Open();
        }
    }

    /// <summary>Everything that is judged, while nothing is under way.</summary>
    private async Task<Evidence> GatherAsync(CancellationToken cancellationToken)
    {
        // The caches' answers first, because the journals that they are compared with must be read after them.
        var (looks, unknown) = _caches?.Take() ?? ([], 0);
        if (_caches is not null)
        {
            CacheAnswers += looks.Length;
            log(string.Create(
                CultureInfo.InvariantCulture,
                $"          caches: {looks.Length} answers, {unknown} times they did not know"));
        }

        var history = _history.Snapshot();
        var ids = history.Accounts;
        var recovered = await PatientlyAsync(() => ReadAsync(ids, cancellationToken), cancellationToken);
        var views = ImmutableArray.CreateBuilder<GatewayView>();
        foreach (var gateway in _grid!.Gateways)
        {
            views.Add(new(gateway.Name, await PatientlyAsync(
                () => Reader(gateway).ReadServedAsync(ids, cancellationToken), cancellationToken)));
        }

        return new(history, recovered, _before, Rules())
        {
            Looks = looks,
            CacheBound = options.Caches.Bound,
            Views = views.ToImmutable(),
        };
    }

    private async Task<RecoveredState> ReadAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken)
    {
        var gateways = _grid!.Gateways;
        var disk = _grid.ConnectionString is { } database
            ? await DatabaseReader.ReadAsync(database, ids.ToHashSet().Contains, cancellationToken)
            : null;
        return await Reader(gateways[_round % gateways.Length]).ReadAsync(ids, disk, cancellationToken);
    }

    /// <summary>
    /// The checks' own reads are no part of what is measured: one that finds a gateway busy, or struck by somebody
    /// else, is made again.
    /// </summary>
    private static async Task<T> PatientlyAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await read();
            }
            catch (RpcException e) when (e.StatusCode is not StatusCode.Internal
                && TimeProvider.System.GetElapsedTime(began) < Quiet)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
            }
        }
    }

    private CheckRules Rules() =>
        new(options.Cluster.ProtectedReach, options.Cluster.MaxHarms, StoreFails: true)
        {
            Disturbances = [.. _disturbances],
        };

    private RecoveryReader Reader(Endpoint gateway) =>
        new(gateway.Invoker, _grid!.Token("shop", ["service"]), _grid.Token("auditor", ["auditor"]),
            options.Workload.Handles);

    private async Task GuardAsync(string phase, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception e) when (e is not CrashRunException and not OperationCanceledException)
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

    /// <summary>The whole history, what was judged, and everything that the processes printed.</summary>
    private void Keep(string directory, Evidence? evidence)
    {
        Directory.CreateDirectory(directory);
        HistoryFile.Write(Path.Combine(directory, "chaos-history.txt"), _history.Snapshot());
        if (evidence is not null)
        {
            EvidenceFile.Write(Path.Combine(directory, EvidenceFile.Name), evidence);
        }

        _grid?.KeepOutput(directory);
    }

    private CrashRunException Fail(string phase, ImmutableArray<Violation> violations, Exception? cause)
    {
        _failed = true;
        table.Found(phase, violations.Select(static v => v.Check).Append(cause?.GetType().Name).OfType<string>());
        var directory = options.Keep ?? _temporary!.FullPath;

        // Where no check has failed, that of the last check says nothing of what went wrong.
        Keep(directory, cause is null ? _evidence : null);
        File.WriteAllLines(
            Path.Combine(directory, "chaos-violations.txt"),
            violations.Select(static v => v.ToString()).Append(cause?.ToString() ?? ""));
        return new CrashRunException(
            $"""
            Seed {options.Seed}, round {_round}, {phase}: {violations.Length} violations. Kept: {directory}
            {string.Join('\n', violations.Take(20))}{cause?.Message}
            """,
            cause);
    }
}
