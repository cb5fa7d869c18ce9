using System.Diagnostics.CodeAnalysis;
using AccountGrid.V1;

namespace AccountGrid.Client;

/// <summary>
/// Answers from memory whether accounts are up. <b>An answer was true at some moment not longer ago than
/// <see cref="AccountStatusCacheOptions.StalenessBound"/></b> before it was asked for.
/// <para> That holds because the cache watches all changes, and the server says time and again how far the stream is:
/// how long after it took the call everything committed had been sent. Counted from the moment before the call was
/// made, on this machine's monotonic clock, that gives a moment up to which memory is complete, whatever the machines'
/// clocks show and however slow the network is. Where that moment is longer ago than the bound, because the stream is
/// broken, silent or late, nothing is answered from memory. The bound is as good as two things: that both machines'
/// clocks tick at the same rate, and that a read at the server shows the present state. A suspended machine's monotonic
/// clock may stand still meanwhile. </para>
/// <para> An answer of the server that is older than an event that was heard lately is refused, and when the watch's
/// connection breaks, what was read is forgotten and what events said is kept: a server that stood still may have
/// answered from the past. </para>
/// Thread-safe. Dispose it to end the watch; the client stays open.
/// </summary>
public sealed class AccountStatusCache : IAsyncDisposable
{
    private const int MostReads = 3;

    private readonly AccountStatusCacheOptions _options;
    private readonly EventsClient _events;
    private readonly CallPipeline _calls;
    private readonly TimeProvider _clock;
    private readonly StatusTable _table;
    private readonly StatusReads _reads;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private TaskCompletionSource _live = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _completeAt = long.MinValue;
    private long _era;

    /// <summary>Makes a cache and begins to watch.</summary>
    /// <param name="client">With a token of the role reader (or service), or staff.</param>
    /// <param name="options">How stale, how large; <c>null</c> = the defaults.</param>
    /// <exception cref="ArgumentException">An option breaks its rule.</exception>
    public AccountStatusCache(AccountGridClient client, AccountStatusCacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        _options = options ?? new AccountStatusCacheOptions();
        if (AccountStatusCacheOptionsValidator.Faults(_options) is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        }

        (_events, _calls) = (client.Events, client.Calls);
        _clock = _calls.Settings.Clock;
        _table = new StatusTable(_options.Capacity);
        _reads = new StatusReads(client.Accounts, _table, _clock, _options.StalenessBound, _stop.Token);

        // It outlives the caller's trace.
        using (ExecutionContext.SuppressFlow())
        {
            _watching = Task.Run(WatchAsync, CancellationToken.None);
        }
    }

    /// <summary>Whether answers come from memory now.</summary>
    public bool IsLive => Lag <= _options.StalenessBound;

    /// <summary>How long ago memory was certainly complete; <c>null</c> = the watch has never been connected.</summary>
    public TimeSpan? Lag =>
        Volatile.Read(ref _completeAt) is var at and not long.MinValue ? _clock.GetElapsedTime(at) : null;

    /// <summary>How many accounts are in memory.</summary>
    public int Count => _table.Count;

    /// <summary>Whether an account is up. One that is not registered is not.</summary>
    /// <param name="id">The account, positive.</param>
    /// <param name="cancellationToken">Ends the wait for a read.</param>
    /// <exception cref="AccountGridException">It had to be read, and the read failed.</exception>
    /// <exception cref="AccountStatusStaleException">
    /// Memory is too old, and the cache is not to read instead; or reads took longer than the bound; or the server
    /// answered them with an older state than an event has told.
    /// </exception>
    public ValueTask<bool> IsActiveAsync(long id, CancellationToken cancellationToken = default)
    {
        return Remembered(id) is { } entry ? ValueTask.FromResult(IsUp(entry.Status)) : ReadAsync();

        async ValueTask<bool> ReadAsync() => IsUp(await ReadStatusAsync(id, cancellationToken));

        static bool IsUp(Account.Types.Status? status) => status == Account.Types.Status.Active;
    }

    /// <summary>An account's status; <c>null</c> = it is not registered.</summary>
    /// <inheritdoc cref="IsActiveAsync" path="//param|//exception"/>
    public ValueTask<Account.Types.Status?> GetStatusAsync(long id, CancellationToken cancellationToken = default) =>
        Remembered(id) is { } entry
            ? ValueTask.FromResult(entry.Status)
            : new ValueTask<Account.Types.Status?>(ReadStatusAsync(id, cancellationToken));

    /// <summary>
    /// Completes when answers come from memory; at once if they do already. Later they may not: see
    /// <see cref="IsLive"/>.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitUntilLiveAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var signal = Volatile.Read(ref _live).Task;
            if (IsLive)
            {
                return;
            }

            await signal.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Ends the watch. Callers that wait for a read get an <see cref="OperationCanceledException"/>. Idempotent.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
    }

    // The order matters: what was complete up to a moment was in the table before that moment was published.
    private StatusEntry? Remembered(long id)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(id);
        return IsLive && _table.Find(id) is { } entry && _clock.GetElapsedTime(entry.ReadAt) <= _options.EntryLifetime
            ? entry
            : null;
    }

    private async Task<Account.Types.Status?> ReadStatusAsync(long id, CancellationToken cancellationToken)
    {
        for (var reads = 1; ; reads++)
        {
            if (_options.WhenStale == WhenStale.Fail && !IsLive)
            {
                throw new AccountStatusStaleException(_options.StalenessBound, Lag);
            }

            // Two who share a read share its age: one that took too long is no answer.
            var answer = await _reads.ReadAsync(id).WaitAsync(cancellationToken);
            var age = _clock.GetElapsedTime(answer.AskedAt);
            if (!answer.Read.IsOutdated && age <= _options.StalenessBound)
            {
                return answer.Read.Entry.Status;
            }

            // A server that is behind what is known says nothing; what is known does, while no event can be missing.
            if (answer.Read.IsOutdated && Remembered(id) is { } newer)
            {
                return newer.Status;
            }

            if (reads == MostReads)
            {
                throw answer.Read.IsOutdated
                    ? AccountStatusStaleException.Outdated(_options.StalenessBound, Lag)
                    : new AccountStatusStaleException(_options.StalenessBound, age);
            }
        }
    }

    [SuppressMessage(
        "Design",
        "CA1031:Do not catch general exception types",
        Justification = "A watch that ends would leave the cache reading for ever. The failure is logged.")]
    private async Task WatchAsync()
    {
        for (var failures = 1; !_stop.IsCancellationRequested; failures++)
        {
            try
            {
                var stream = _events.NewStream(new EventStreamSettings { Progress = _options.ProgressInterval });
                while (!_stop.IsCancellationRequested)
                {
                    await FollowAsync(stream, () => failures = 0);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // Disposed.
            }
            catch (Exception e)
            {
                // No resuming: forget everything, and begin anew some time later.
                _table.Begin(era: 0);
                var delay = _calls.DelayBefore(failures, null);
                _calls.Settings.Log.CacheReset(e, delay);
                await Task.Delay(delay, _clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Returns when the stream should be opened anew behind the same position.
    private async Task FollowAsync(EventStream stream, Action onConnected)
    {
        var isAfterBreak = false;
        await foreach (var step in stream.ReadAsync(_stop.Token))
        {
            // At the break, and once more when there is a connection again: what was read in between came over none
            // that is known.
            if (step.IsBreak || isAfterBreak)
            {
                _table.ForgetReads();
                isAfterBreak = step.IsBreak;
            }

            if (step.IsBreak)
            {
                continue;
            }

            onConnected();
            if (step.Event is { } happened)
            {
                _table.Apply(happened, _clock.GetTimestamp());
            }
            else if (step.CompleteAt is { } complete)
            {
                if (_table.Era == 0)
                {
                    _table.Begin(++_era);
                }

                Publish(complete);
                if (IsLate(complete, step.ConnectedAt))
                {
                    return;
                }
            }
        }
    }

    // A connection that took long to make is counted from before, so all it says is late by that much: another one may
    // do better. Not more often than the bound.
    private bool IsLate(long complete, long connectedAt) =>
        _clock.GetElapsedTime(complete) > _options.StalenessBound / 2
            && _clock.GetElapsedTime(connectedAt) > _options.StalenessBound;

    private void Publish(long complete)
    {
        Volatile.Write(ref _completeAt, complete);
        Interlocked.Exchange(
            ref _live, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
