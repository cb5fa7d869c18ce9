using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>
/// Goes round all journals for ever: compares them with the signed roots outside, and computes again what stands beside
/// them. It tells of what differs, by metrics and the log. Single-threaded by contract; one in the cluster at a time.
/// </summary>
public sealed partial class DerivedWatch(
    IDerivedSource source, RootWalk roots, DerivedSettings settings, DerivedMeters meters, TimeProvider clock,
    ILogger<DerivedWatch> log)
{
    /// <summary>Rows that are named in the log in one round; the metric counts all.</summary>
    private const int MostNamed = 100;

    private readonly DerivedWalk _walk = new(source);
    private double _allowance;
    private long? _lastTick;
    private long? _roundBegan;
    private bool _isBetweenRounds = true;
    private bool _areRootsDone;
    private bool _isFailing;
    private long _wrong;
    private long _wrongBefore;

    /// <summary>
    /// Does as much as the time since the last call allows. Call it about once a second; where it was away for longer,
    /// what it missed is not made up for. A store that does not answer ends this call and is tried again at the next.
    /// </summary>
    public async Task TickAsync(CancellationToken cancellationToken)
    {
        if (!settings.Enabled)
        {
            return;
        }

        Refill();
        try
        {
            while (_allowance > 0 && await StepAsync(cancellationToken))
            {
            }

            _isFailing = false;
        }
        catch (Exception e) when (e is StorageUnavailableException or StorageOverloadedException
            or JournalDamagedException or IOException or UnauthorizedAccessException)
        {
            _allowance = 0;
            if (!_isFailing)
            {
                Unreadable(log, e);
            }

            _isFailing = true;
        }
    }

    /// <summary>Ends the round, so that no file stays open.</summary>
    public Task EndAsync() => roots.EndAsync();

    private void Refill()
    {
        var second = TimeSpan.FromSeconds(1);
        var elapsed = _lastTick is { } last ? clock.GetElapsedTime(last) : second;
        _lastTick = clock.GetTimestamp();
        _allowance = Math.Min(
            settings.EntriesPerSecond, _allowance + (settings.EntriesPerSecond * elapsed.TotalSeconds));
    }

    /// <summary>One page; <c>false</c> when there is nothing to do until the next round.</summary>
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        if (_isBetweenRounds)
        {
            if (_roundBegan is { } began && clock.GetElapsedTime(began) < settings.Rotation)
            {
                return false;
            }

            (_roundBegan, _isBetweenRounds, _areRootsDone, _wrong) = (clock.GetTimestamp(), false, false, 0);
        }

        if (_areRootsDone)
        {
            await CompareDerivedAsync(cancellationToken);
        }
        else
        {
            await CompareRootsAsync(cancellationToken);
        }

        return true;
    }

    private async Task CompareRootsAsync(CancellationToken cancellationToken)
    {
        var before = roots.Entries;
        var (problems, isLast) = await roots.StepAsync(cancellationToken);
        var entries = roots.Entries - before;
        _allowance -= entries + 1;
        meters.Checked(entries);
        _areRootsDone = isLast;
        if (!isLast)
        {
            return;
        }

        foreach (var problem in problems)
        {
            Contradicts(log, problem.Message);
        }

        meters.Contradicted(problems.Length);
    }

    private async Task CompareDerivedAsync(CancellationToken cancellationToken)
    {
        var (entriesBefore, streamsBefore) = (_walk.Entries, _walk.Streams);
        var (problems, isLast) = await _walk.StepAsync(cancellationToken);
        var entries = _walk.Entries - entriesBefore;

        // A stream costs its index row, and an empty page a question.
        _allowance -= entries + (_walk.Streams - streamsBefore) + 1;
        meters.Checked(entries);
        foreach (var problem in problems)
        {
            if (++_wrong <= MostNamed)
            {
                Differs(log, problem.Message);
            }
        }

        _isBetweenRounds = isLast;
        _wrongBefore = isLast ? _wrong : _wrongBefore;
        meters.Found(Math.Max(_wrong, _wrongBefore));
    }

    [LoggerMessage(2411, LogLevel.Critical,
        "ALERT: {Message} A person or a program wrote to the database past AccountGrid. Nothing was repaired.")]
    private static partial void Differs(ILogger log, string message);

    [LoggerMessage(2413, LogLevel.Critical,
        "ALERT: The journals contradict the checkpoint log outside. {Message} A person or a program wrote to the "
        + "database past AccountGrid, or it is an older copy. Nothing was repaired.")]
    private static partial void Contradicts(ILogger log, string message);

    [LoggerMessage(2412, LogLevel.Warning,
        "Journals, index rows and budget marks could not be compared; it is tried again every second.")]
    private static partial void Unreadable(ILogger log, Exception exception);
}
