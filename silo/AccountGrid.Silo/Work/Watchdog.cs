using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Grains;

namespace AccountGrid.Silo;

/// <summary>
/// Looks, from a thread of its own and by the monotonic clock, whether this silo is well: its thread pool runs what it
/// is given, its store answers, its row in the membership table is renewed, and what it knows of the membership is what
/// the table says. What the runtime omits of the last two it does itself: the runtime's timers wait for the wall clock,
/// and stand still for as long as that was set back. A silo that cannot be helped ends its process with
/// <see cref="SiloCommand.Unwell"/>, so that it is started again.
/// </summary>
/// <remarks>
/// What the table would say is not judged while the table does not answer: that is the store's trouble, and ending
/// the silo would not help. A pause of the whole process is no trouble of any part; <see cref="PauseGuard"/> looks
/// after it.
/// </remarks>
internal sealed partial class Watchdog : IHostedLifecycleService, IDisposable
{
    /// <summary>The time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>From then on a silo says of itself that it is not ready.</summary>
    public static readonly TimeSpan UnwellAfter = TimeSpan.FromSeconds(10);

    /// <summary>For so long the runtime has time to end a process that was declared dead.</summary>
    public static readonly TimeSpan DeathLasts = TimeSpan.FromSeconds(2);

    /// <summary>Longer than the runtime's interval for telling that the silo lives, which is 5 s.</summary>
    public static readonly TimeSpan RenewAfter = TimeSpan.FromSeconds(7);

    /// <summary>Two of the runtime's intervals for reading the table.</summary>
    public static readonly TimeSpan RefreshAfter = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan ExaminationInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IJournalFeed _feed;
    private readonly PauseGuard _guard;
    private readonly ISiloRow? _row;
    private readonly WatchdogMeters _meters;
    private readonly TimeProvider _clock;
    private readonly IHostApplicationLifetime _host;
    private readonly ILogger<Watchdog> _log;
    private readonly Action<Action> _queue;
    private readonly Action<int> _end;
    private readonly Vital _pool;
    private readonly Vital _store;
    private readonly Vital _liveness;
    private readonly Vital _view;
    private readonly CancellationTokenSource _stop = new();
    private Task _examination = Task.CompletedTask;
    private long _examinedAt;
    private long _lookedAt;
    private long? _deadSince;
    private volatile bool _isDead;
    private volatile bool _isProbeOut;
    private DateTime _isAliveAt;

    /// <summary>A watchdog that does not look yet.</summary>
    /// <param name="feed">The store.</param>
    /// <param name="guard">Knows of a death, too.</param>
    /// <param name="meters">Where it is shown.</param>
    /// <param name="clock">Its timestamps are the monotonic clock.</param>
    /// <param name="host">A silo that stops is not judged.</param>
    /// <param name="log">Where it is told.</param>
    /// <param name="membership">
    /// The cluster's; one that is no <see cref="ISiloRow"/>, or <c>null</c> = none to watch.
    /// </param>
    /// <param name="queue">Gives work to the thread pool.</param>
    /// <param name="end">Ends the process with an exit code, whatever its threads do.</param>
    public Watchdog(
        IJournalFeed feed, PauseGuard guard, WatchdogMeters meters, TimeProvider clock, IHostApplicationLifetime host,
        ILogger<Watchdog> log, IMembershipRecord? membership = null, Action<Action>? queue = null,
        Action<int>? end = null)
    {
        (_feed, _guard, _row, _meters) = (feed, guard, membership as ISiloRow, meters);
        (_clock, _host, _log) = (clock, host, log);
        _queue = queue ?? (static work => ThreadPool.UnsafeQueueUserWorkItem(
            static work => work(), work, preferLocal: false));
        _end = end ?? EndOfProcess.At;
        _pool = new("thread_pool", "its threads run nothing", TimeSpan.FromSeconds(30), clock);
        _store = new("store", "its store does not answer", fatalAfter: null, clock);
        _liveness = new(
            "liveness", "its row in the membership table is not renewed", TimeSpan.FromSeconds(60), clock);
        _view = new(
            "membership", "it does not know what the membership table says", TimeSpan.FromSeconds(60), clock);
        Vitals = _row is null ? [_pool, _store] : [_pool, _store, _liveness, _view];
        meters.Watch(Vitals);
    }

    /// <summary>What it watches.</summary>
    public ImmutableArray<Vital> Vitals { get; }

    /// <summary>Those that have not been well for <see cref="UnwellAfter"/>.</summary>
    public IEnumerable<Vital> Unwell => Vitals.Where(static vital => vital.Age >= UnwellAfter);

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _lookedAt = _clock.GetTimestamp();

        // Only now, when the metrics listener is there: it must see the first values.
        _meters.Begin();
        new Thread(Run) { IsBackground = true, Name = "watchdog", Priority = ThreadPriority.AboveNormal }.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StoppingAsync(CancellationToken cancellationToken) => _stop.CancelAsync();

    /// <inheritdoc />
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose() => _stop.Dispose();

    /// <summary>The examination of store and table that began last.</summary>
    internal Task Examination => _examination;

    /// <summary>One look. One at a time.</summary>
    internal void Look()
    {
        if (_clock.GetElapsedTime(_lookedAt) >= UnwellAfter / 2)
        {
            // The process stood still, this thread included.
            foreach (var vital in Vitals)
            {
                vital.IsWell();
            }
        }

        _lookedAt = _clock.GetTimestamp();
        ProbePool();
        if (_examination.IsCompleted && _clock.GetElapsedTime(_examinedAt) >= ExaminationInterval)
        {
            _examinedAt = _clock.GetTimestamp();
            _examination = Task.Run(ExamineAsync);
        }

        if (!_host.ApplicationStopping.IsCancellationRequested)
        {
            Judge();
        }
    }

    private void Run()
    {
        while (!_stop.Token.WaitHandle.WaitOne(Interval))
        {
            Look();
        }
    }

    private void ProbePool()
    {
        if (_isProbeOut)
        {
            return;
        }

        _isProbeOut = true;
        _queue(() =>
        {
            _pool.IsWell();
            _isProbeOut = false;
        });
    }

    private void Judge()
    {
        if (_isDead || _guard.IsDead || _row?.Heard.IsDead == true)
        {
            _deadSince ??= _clock.GetTimestamp();
            if (_clock.GetElapsedTime(_deadSince.Value) >= DeathLasts)
            {
                End("it was declared dead by the others, and still runs");
            }
        }

        if (Vitals.FirstOrDefault(static vital => vital.IsFatal) is { } fatal)
        {
            End(fatal.Trouble);
        }
    }

    private void End(string why)
    {
        Ends(_log, why);
        _end(SiloCommand.Unwell);
    }

    private async Task ExamineAsync()
    {
        using var patience = new CancellationTokenSource(Patience, _clock);
        try
        {
            await _feed.ReadHeadAsync(patience.Token).WaitAsync(patience.Token);
            _store.IsWell();
            if (_row is not null)
            {
                await ExamineRowAsync(_row, patience.Token);
            }
        }
#pragma warning disable CA1031 // Whatever the store throws: that it does not answer is shown by its vital.
        catch (Exception)
#pragma warning restore CA1031
        {
            _liveness.IsWell();
            _view.IsWell();
        }
    }

    private async Task ExamineRowAsync(ISiloRow row, CancellationToken patience)
    {
        var read = await row.ReadRowAsync(patience).WaitAsync(patience);
        _isDead |= read.IsDead;
        if (read.IsAliveAt != _isAliveAt)
        {
            _isAliveAt = read.IsAliveAt;
            _liveness.IsWell();
        }
        else if (_liveness.Age >= RenewAfter && !_isDead)
        {
            await row.RenewAsync(patience).WaitAsync(patience);
            Renewed(_log, _liveness.Age.TotalSeconds);
            _meters.Renewed(_liveness);
            _liveness.IsWell();
        }

        if (row.Heard.Version >= read.Version)
        {
            _view.IsWell();
        }
        else if (_view.Age >= RefreshAfter)
        {
            await RefreshAsync(row);
        }
    }

    /// <summary>A reading that the runtime never ends is the silo's trouble, not the table's.</summary>
    private async Task RefreshAsync(ISiloRow row)
    {
        using var patience = new CancellationTokenSource(Patience, _clock);
        try
        {
            await row.RefreshAsync(patience.Token).WaitAsync(patience.Token);
            _meters.Renewed(_view);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            NotRefreshed(_log, _view.Age.TotalSeconds);
        }
    }

    [LoggerMessage(3201, LogLevel.Critical, "ALERT: This silo ends itself: {Why}. Start it again.")]
    private static partial void Ends(ILogger logger, string why);

    [LoggerMessage(3202, LogLevel.Warning,
        "The runtime has not renewed this silo's row in the membership table for {Seconds:0} s; the watchdog did. "
        + "The clock of this host was perhaps set back.")]
    private static partial void Renewed(ILogger logger, double seconds);

    [LoggerMessage(3203, LogLevel.Warning,
        "The runtime has not read the membership table for {Seconds:0} s, although the table answers.")]
    private static partial void NotRefreshed(ILogger logger, double seconds);
}
