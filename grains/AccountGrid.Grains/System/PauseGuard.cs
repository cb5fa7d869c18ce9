using AccountGrid.Application;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Grains;

/// <summary>
/// Says whether this silo may answer from memory. After the process has stood still (SIGSTOP, a hung host, a very long
/// garbage collection) it may not, until it has read in the membership table that it is still a member: meanwhile it
/// may have been declared dead, and other silos may have changed its accounts.
/// </summary>
/// <remarks>
/// A timer beats on the monotonic clock, which goes on while a process is stopped. A time of <see cref="Tolerance"/>
/// without a beat is a pause. It is noticed by every call of <see cref="IsClear"/>, also before the first beat behind
/// it. What follows:
/// <list type="bullet">
/// <item>The membership table is read, by a question that was asked after the pause.</item>
/// <item>A silo that is dead there never answers from memory again.</item>
/// <item>One that is still a member does. If the membership has changed since the last beat before the pause,
/// <see cref="Generation"/> grows, and each activation compares itself with the journal before its next answer, because
/// the directory of activations may have changed with the membership.</item>
/// <item>For <see cref="Probation"/> the table is read again every <see cref="ProbationInterval"/>, because the other
/// silos may have counted missed probes and declare the silo dead shortly after it has woken.</item>
/// </list>
/// Without an <see cref="IMembershipRecord"/> the silo is alone: there is no timer, and memory may always be used.
/// Thread-safe; <see cref="IsClear"/> takes no lock.
/// </remarks>
public sealed partial class PauseGuard : IDisposable
{
    /// <summary>The interval of the beats.</summary>
    public static readonly TimeSpan BeatInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>So long without a beat is a pause. Shorter than one missed probe of the membership.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long after a pause the table is read repeatedly: longer than the largest number of missed probes takes.
    /// </summary>
    public static readonly TimeSpan Probation = TimeSpan.FromSeconds(12);

    /// <summary>The time between two of these readings.</summary>
    public static readonly TimeSpan ProbationInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long callers wait for the table before they are told that the store is not available.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const long Always = long.MaxValue;
    private const long Never = long.MinValue;
    private static readonly TimeSpan WorthWarning = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly IMembershipRecord? _membership;
    private readonly IHostApplicationLifetime? _host;
    private readonly ITimer? _timer;
    private readonly long _tolerance;
    private readonly Lock _gate = new();
    private Task<Exception?>? _asking;
    private long _clearUntil = Always;
    private int _generation;
    private bool _isInDoubt;
    private volatile bool _isDead;
    private long _version;
    private long _beatAt;
    private long? _askedAt;
    private long? _wokeAt;

    /// <summary>Begins to beat, if there is a membership to lose.</summary>
    /// <param name="clock">Its timestamps are the monotonic clock.</param>
    /// <param name="log">Where pauses and their outcome are logged.</param>
    /// <param name="membership">The cluster's; <c>null</c> = the silo is alone.</param>
    /// <param name="host">The process: its own stop is not logged as a death.</param>
    public PauseGuard(
        TimeProvider clock,
        ILogger<PauseGuard> log,
        IMembershipRecord? membership = null,
        IHostApplicationLifetime? host = null)
    {
        ArgumentNullException.ThrowIfNull(clock);
        (_clock, _log, _membership, _host) = (clock, log, membership, host);
        _tolerance = (long)(Tolerance.TotalSeconds * clock.TimestampFrequency);
        if (membership is not null)
        {
            _version = membership.Heard.Version;
            _beatAt = clock.GetTimestamp();
            _clearUntil = _beatAt + _tolerance;
            using (ExecutionContext.SuppressFlow())
            {
                _timer = clock.CreateTimer(
                    static guard => ((PauseGuard)guard!).Beat(), this, BeatInterval, BeatInterval);
            }
        }
    }

    /// <summary>Whether this silo knows that it was declared dead. Final.</summary>
    public bool IsDead => _isDead;

    /// <summary>
    /// What an activation that loads its state after this call has caught up with. From 0, only grows.
    /// </summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>
    /// Whether memory may be answered from at this moment. To be called before memory is read: if the process stops
    /// between the two, the answer is as old as its request.
    /// </summary>
    /// <param name="generation">What an activation has to have caught up with.</param>
    public bool IsClear(out int generation)
    {
        // In this order. The clock last, so that a pause between these lines is noticed; the generation after the
        // limit, because it is raised before the limit is.
        var until = Volatile.Read(ref _clearUntil);
        generation = Volatile.Read(ref _generation);
        return until == Always || _clock.GetTimestamp() < until;
    }

    /// <summary>Completes when memory may be answered from.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The generation that an activation has to have caught up with.</returns>
    /// <exception cref="SiloUnavailableException">This silo was declared dead; another one answers.</exception>
    /// <exception cref="StorageUnavailableException">
    /// The membership could not be read within <see cref="Patience"/>.
    /// </exception>
    public ValueTask<int> ConfirmAsync(CancellationToken cancellationToken) =>
        IsClear(out var generation) ? new(generation) : new(WaitAsync(cancellationToken));

    /// <inheritdoc />
    public void Dispose() => _timer?.Dispose();

    private async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<Exception?> asking;
            lock (_gate)
            {
                NoteTime();
                if (_isDead)
                {
                    throw new SiloUnavailableException("This silo was declared dead. It answers no requests any more.");
                }

                if (!_isInDoubt)
                {
                    return _generation;
                }

                asking = Ask();
            }

            if (await asking.WaitAsync(cancellationToken) is { } failure)
            {
                throw new StorageUnavailableException(
                    "The membership of the cluster cannot be read.", failure, isTransient: true, outcomeUnknown: false);
            }
        }
    }

    private void Beat()
    {
        // Before the time is noted: if the process stops between the two, the pause is found before this is used.
        var heard = _membership!.Heard;
        lock (_gate)
        {
            NoteTime();
            if (heard.IsDead)
            {
                Die();
            }
            else if (_isInDoubt)
            {
                // Also of a dead silo, so that the runtime hears of it.
                Ask();
            }
            else
            {
                _version = heard.Version;
                if (_wokeAt is { } woke && _clock.GetElapsedTime(woke) < Probation
                    && (_askedAt is not { } asked || _clock.GetElapsedTime(asked) >= ProbationInterval))
                {
                    Ask();
                }
            }
        }
    }

    /// <summary>Under the lock: finds a pause since the last beat, and extends the time until the next.</summary>
    private void NoteTime()
    {
        var now = _clock.GetTimestamp();
        if (now - _beatAt >= _tolerance)
        {
            if (!_isInDoubt)
            {
                var pause = _clock.GetElapsedTime(_beatAt, now);
                StoodStill(_log, pause >= WorthWarning ? LogLevel.Warning : LogLevel.Information, pause.TotalSeconds);
            }

            _isInDoubt = true;
            _wokeAt = now;
        }

        _beatAt = now;
        Volatile.Write(ref _clearUntil, _isInDoubt ? Never : now + _tolerance);
    }

    /// <summary>Under the lock: the question that is under way, or a new one.</summary>
    private Task<Exception?> Ask()
    {
        if (_asking is not { IsCompleted: false })
        {
            using (ExecutionContext.SuppressFlow())
            {
                _asking = Task.Run(AskAsync);
            }
        }

        return _asking;
    }

    /// <summary>Reads the table until an answer counts, for as long as callers wait for it.</summary>
    /// <returns>Why there is none.</returns>
    private async Task<Exception?> AskAsync()
    {
        var began = _clock.GetTimestamp();
        while (true)
        {
            var asked = BeginQuestion();
            try
            {
                using var limit = new CancellationTokenSource(LongestRead, _clock);
                if (Settle(await _membership!.ReadAsync(limit.Token).WaitAsync(limit.Token), asked))
                {
                    return null;
                }
            }
#pragma warning disable CA1031 // Whatever the provider throws: it is handed to the waiting callers.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (_clock.GetElapsedTime(began) >= Patience)
                {
                    Unreadable(_log, e);
                    return e;
                }

                await Task.Delay(BeatInterval, _clock);
            }
        }
    }

    private long BeginQuestion()
    {
        lock (_gate)
        {
            NoteTime();
            _askedAt = _beatAt;
            return _beatAt;
        }
    }

    /// <summary>Uses an answer.</summary>
    /// <returns>
    /// Whether it counts: one that was on its way during another pause says nothing about the time after it.
    /// </returns>
    private bool Settle(MembershipFact fact, long asked)
    {
        lock (_gate)
        {
            NoteTime();
            if (fact.IsDead)
            {
                Die();
            }
            else if (_wokeAt > asked)
            {
                return false;
            }
            else if (_isInDoubt && !_isDead)
            {
                Volatile.Write(ref _generation, _generation + (fact.Version == _version ? 0 : 1));
                _isInDoubt = false;
                Volatile.Write(ref _clearUntil, _beatAt + _tolerance);
                StillMember(_log);
            }

            return true;
        }
    }

    private void Die()
    {
        if (!_isDead && _host?.ApplicationStopping.IsCancellationRequested != true)
        {
            DeclaredDead(_log);
        }

        _isDead = _isInDoubt = true;
        Volatile.Write(ref _clearUntil, Never);
    }

    [LoggerMessage(
        EventId = 2501,
        Message = "This silo stood still for {Seconds:0.0} s. It answers nothing from memory until it has read that it "
            + "is still a member of the cluster.")]
    private static partial void StoodStill(ILogger logger, LogLevel level, double seconds);

    [LoggerMessage(2502, LogLevel.Information, "This silo is still a member of the cluster.")]
    private static partial void StillMember(ILogger logger);

    [LoggerMessage(
        2503,
        LogLevel.Error,
        "The other silos have declared this one dead. It answers no requests any more; its process ends.")]
    private static partial void DeclaredDead(ILogger logger);

    [LoggerMessage(
        2504,
        LogLevel.Warning,
        "The membership of the cluster cannot be read after a pause of this silo.")]
    private static partial void Unreadable(ILogger logger, Exception exception);
}
