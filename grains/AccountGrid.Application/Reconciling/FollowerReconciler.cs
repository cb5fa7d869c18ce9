using System.Collections.Immutable;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>
/// Goes round all accounts, counts their edges and compares the counts that are shown. It tells of what differs, by
/// metrics and the log, has the account show its count as not exact, and repairs nothing: a count that is wrong is
/// evidence of a fault or of a change past the silos, and a person decides what becomes of it.
/// </summary>
/// <remarks>
/// Every comparison that it makes is exact, so there are no false alarms. What fits into one read is compared at one
/// instant. What does not is counted in parts, each at an instant of its own; if the version beside the count moved
/// between them, the account, which is the only writer of its edges, says which of them changed since which part, and
/// the sum is as of the last part. Where it cannot say, because it went elsewhere or too much changed, the account is
/// counted again, three times in all, and then left for the next round. Single-threaded by contract; one in the cluster
/// at a time.
/// </remarks>
public sealed class FollowerReconciler(
    IFollowerAudit audit, IFollowWatch watch, ReconcilerSettings settings, ReconcilerMeters meters, TimeProvider clock,
    ILogger<FollowerReconciler> log)
{
    private const int PageSize = 500;
    private const int Tries = 3;

    /// <summary>Drifting accounts kept in mind; the metrics stop there, the log does not.</summary>
    private const int MostDrifting = 10_000;

    /// <summary>Drifting accounts that are told again and again, and how often.</summary>
    private const int MostReminded = 100;
    private static readonly TimeSpan Reminding = TimeSpan.FromSeconds(10);

    private readonly Queue<AccountId> _page = new();
    private readonly Dictionary<AccountId, long> _drifting = [];
    private Sweep? _sweep;
    private long _after;
    private double _allowance;
    private long? _lastTick;
    private long? _roundBegan;
    private long? _reminded;
    private bool _isFailing;

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
            await RemindAsync(cancellationToken);
            while (_allowance > 0 && await StepAsync(cancellationToken))
            {
            }

            _isFailing = false;
        }
        catch (Exception e) when (e is StorageUnavailableException or StorageOverloadedException)
        {
            if (!_isFailing)
            {
                ReconcilerLog.Unreadable(log, e);
            }

            _isFailing = true;
        }
    }

    /// <summary>
    /// An account that went elsewhere has forgotten that its count is in doubt, so the first of them are told again.
    /// </summary>
    private async Task RemindAsync(CancellationToken cancellationToken)
    {
        if (_reminded is { } at && clock.GetElapsedTime(at) < Reminding)
        {
            return;
        }

        _reminded = clock.GetTimestamp();
        foreach (var account in _drifting.Keys.Take(MostReminded).ToArray())
        {
            await watch.DoubtAsync(account, inDoubt: true, cancellationToken);
        }
    }

    private void Refill()
    {
        var second = TimeSpan.FromSeconds(1);
        var elapsed = _lastTick is { } last ? clock.GetElapsedTime(last) : second;
        _lastTick = clock.GetTimestamp();
        _allowance = Math.Min(settings.EdgesPerSecond, _allowance + (settings.EdgesPerSecond * elapsed.TotalSeconds));
    }

    /// <summary>One read; <c>false</c> when there is nothing to do until the next round.</summary>
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        if (_sweep is null && _page.Count == 0 && !await TurnPageAsync(cancellationToken))
        {
            return false;
        }

        var sweep = _sweep ??= new(_page.Dequeue());
        var slice = await audit.CountAsync(sweep.Account, sweep.After, settings.SliceEdges, cancellationToken);
        _allowance -= slice.Edges + ReconcilerSettings.EdgesPerAccount;
        meters.Counted(slice.Edges);
        if (slice.Last is not null && !sweep.IsWatched)
        {
            sweep.IsWatched = true;
            if (await watch.BeginAsync(sweep.Account, cancellationToken) is { } from && from > slice.Version)
            {
                // What changed between the count and the beginning of the watch is not known: the part is counted
                // again.
                return true;
            }
        }

        sweep.Take(slice);
        if (slice.Last is null)
        {
            await FinishAsync(sweep, slice, cancellationToken);
        }

        return true;
    }

    private async Task FinishAsync(Sweep sweep, EdgeSlice last, CancellationToken cancellationToken)
    {
        var grown = sweep.Moved
            ? await watch.SettleAsync(sweep.Account, sweep.Parts, last.Version, cancellationToken)
            : 0;
        if (grown is { } changes)
        {
            _sweep = null;
            await CompareAsync(sweep.Account, last.Count, sweep.Edges + changes, cancellationToken);
        }
        else if (sweep.Try == Tries)
        {
            _sweep = null;
            meters.LeftMoving();
        }
        else
        {
            _sweep = new(sweep.Account) { Try = sweep.Try + 1 };
        }
    }

    private async Task<bool> TurnPageAsync(CancellationToken cancellationToken)
    {
        if (_after == 0)
        {
            if (_roundBegan is { } began && clock.GetElapsedTime(began) < settings.Rotation)
            {
                return false;
            }

            _roundBegan = clock.GetTimestamp();
        }

        var page = await audit.ListAsync(_after, PageSize, cancellationToken);
        _allowance -= ReconcilerSettings.EdgesPerAccount;
        foreach (var account in page)
        {
            _page.Enqueue(account);
        }

        _after = page.Length < PageSize ? 0 : page[^1].Value;
        return page.Length > 0;
    }

    private async Task CompareAsync(AccountId account, long count, long edges, CancellationToken cancellationToken)
    {
        var known = _drifting.GetValueOrDefault(account);
        var drift = count - edges;
        meters.Checked();
        if (drift == 0)
        {
            if (_drifting.Remove(account))
            {
                ReconcilerLog.Agrees(log, account, count);
                await watch.DoubtAsync(account, inDoubt: false, cancellationToken);
            }
        }
        else if (drift != known)
        {
            ReconcilerLog.Drifts(log, account, count, edges, drift);
            if (known != 0 || _drifting.Count < MostDrifting)
            {
                _drifting[account] = drift;
            }

            await watch.DoubtAsync(account, inDoubt: true, cancellationToken);
        }

        meters.Found(_drifting.Count, _drifting.Values.Sum(Math.Abs));
    }

    /// <summary>One account on its way from its first edge to its last.</summary>
    private sealed class Sweep(AccountId account)
    {
        private readonly ImmutableArray<SweptPart>.Builder _parts = ImmutableArray.CreateBuilder<SweptPart>();

        public AccountId Account => account;

        public long After { get; private set; } = long.MinValue;

        public long Edges { get; private set; }

        /// <summary>How often it was begun, this time included.</summary>
        public int Try { get; init; } = 1;

        /// <summary>Whether the account was asked to remember what changes.</summary>
        public bool IsWatched { get; set; }

        public ImmutableArray<SweptPart> Parts => _parts.ToImmutable();

        /// <summary>Whether its parts are of several versions.</summary>
        public bool Moved => _parts[0].Version != _parts[^1].Version;

        /// <summary>Adds a part.</summary>
        public void Take(EdgeSlice slice)
        {
            _parts.Add(new(slice.Last ?? long.MaxValue, slice.Version));
            Edges += slice.Edges;
            After = slice.Last ?? After;
        }
    }
}

/// <summary>What the reconciler logs.</summary>
internal static partial class ReconcilerLog
{
    [LoggerMessage(2401, LogLevel.Warning,
        "DRIFT: account {Account} shows {Count} followers and has {Edges} edges, a difference of {Drift}. Nothing was repaired.")]
    public static partial void Drifts(ILogger log, AccountId account, long count, long edges, long drift);

    [LoggerMessage(2402, LogLevel.Information, "The count of account {Account} agrees with its edges again: {Count}.")]
    public static partial void Agrees(ILogger log, AccountId account, long count);

    [LoggerMessage(2403, LogLevel.Warning,
        "Counts could not be compared with their edges; it is tried again every second.")]
    public static partial void Unreadable(ILogger log, Exception exception);
}
