using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>
/// Goes round all journals for ever: compares them with the signed roots outside, verifies chains and MACs, and
/// computes again what stands beside them. It tells of what is wrong, by metrics and the log. Single-threaded by
/// contract; one in the cluster at a time.
/// </summary>
public sealed partial class DerivedWatch(
    IDerivedSource source, RootWalk roots, DerivedSettings settings, DerivedMeters meters, TimeProvider clock,
    ILogger<DerivedWatch> log, MacBoundaries? macs = null)
{
    /// <summary>Rows that are named in the log in one round; the metric counts all.</summary>
    private const int MostNamed = 100;

    private readonly DerivedWalk _walk = new(source, verifiesEntries: true, macs?.Macs);
    private double _allowance;
    private long? _lastTick;
    private long? _roundBegan;
    private bool _isBetweenRounds = true;
    private bool _areRootsDone;
    private bool _isFailing;
    private Found _now;
    private Found _before;

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
        catch (JournalDamagedException e)
        {
            // A row that is no entry at all: nothing behind it can be read in this round.
            _allowance = 0;
            Note(new(AuditProblemKind.EntryUnreadable, e.Message));
            EndRound();
        }
        catch (Exception e) when (e is StorageUnavailableException or StorageOverloadedException)
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

            (_roundBegan, _isBetweenRounds, _areRootsDone, _now) = (clock.GetTimestamp(), false, false, default);
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
        try
        {
            (var problems, _areRootsDone) = await roots.StepAsync(cancellationToken);
            foreach (var problem in _areRootsDone ? problems : [])
            {
                Note(problem);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What the store itself can tell is compared all the same.
            OutsideUnreadable(log, e);
            _areRootsDone = true;
        }

        var entries = roots.Entries - before;
        _allowance -= entries + 1;
        meters.Checked(entries);
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
            Note(problem);
        }

        if (isLast)
        {
            EndRound();
        }
    }

    private void EndRound()
    {
        (_isBetweenRounds, _before) = (true, _now);
        Show();
    }

    private void Note(AuditProblem problem)
    {
        var isBeside = problem.Kind is AuditProblemKind.IndexColumnWrong or AuditProblemKind.BudgetMarkWrong;
        _now = isBeside ? _now with { Rows = _now.Rows + 1 } : _now with { Entries = _now.Entries + 1 };
        if ((isBeside ? _now.Rows : _now.Entries) <= MostNamed)
        {
            (isBeside ? (Action<ILogger, string>)Differs : NotAsWritten)(log, problem.Message);
        }

        Show();
    }

    /// <summary>What a round has found counts until the next one is over.</summary>
    private void Show()
    {
        meters.FoundRows(Math.Max(_now.Rows, _before.Rows));
        meters.FoundEntries(Math.Max(_now.Entries, _before.Entries));
    }

    [LoggerMessage(2411, LogLevel.Critical,
        "ALERT: {Message} A person or a program wrote to the database past AccountGrid. Nothing was repaired.")]
    private static partial void Differs(ILogger log, string message);

    [LoggerMessage(2413, LogLevel.Critical,
        "ALERT: The journals are not what the silos wrote. {Message} A person or a program wrote to the database past "
        + "AccountGrid, or it is an older copy. Nothing was repaired.")]
    private static partial void NotAsWritten(ILogger log, string message);

    [LoggerMessage(2414, LogLevel.Warning,
        "The checkpoint log outside could not be read; the journals are compared with it again in the next round.")]
    private static partial void OutsideUnreadable(ILogger log, Exception exception);

    [LoggerMessage(2412, LogLevel.Warning,
        "Journals, index rows and budget marks could not be compared; it is tried again every second.")]
    private static partial void Unreadable(ILogger log, Exception exception);

    /// <summary>How much a round has found.</summary>
    /// <param name="Rows">Index rows and budget marks.</param>
    /// <param name="Entries">Entries that are missing, changed, or of no silo, and other contradictions.</param>
    private readonly record struct Found(long Rows, long Entries);
}
