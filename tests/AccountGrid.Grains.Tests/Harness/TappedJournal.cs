using System.Collections.Concurrent;
using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains.Tests;

/// <summary>A real journal behind a tap: appends can be held back, calls fail and are counted. Thread-safe.</summary>
public sealed class TappedJournal(Func<IJournal> inner) : IJournal
{
    private readonly ConcurrentDictionary<StreamId, Hold> _holds = new();
    private int _existsCalls;
    private int _reads;

    /// <summary>What every existence check fails with.</summary>
    public Exception? ExistsFailure { get; set; }

    /// <summary>What every append fails with.</summary>
    public Exception? AppendFailure { get; set; }

    /// <summary>What every read of a stream fails with.</summary>
    public Func<StreamId, Exception?> ReadFailure { get; set; } = _ => null;

    /// <summary>Entries of a stream as they are to be seen, to look damaged.</summary>
    public Func<JournalEntry, JournalEntry> Bend { get; set; } = entry => entry;

    public int ExistsCalls => _existsCalls;

    /// <summary>Entries read so far.</summary>
    public int EntriesRead => _reads;

    /// <summary>Holds back appends to a stream from now on.</summary>
    public Hold HoldBack(long account) => _holds.GetOrAdd(StreamId.Of(new AccountId(account)), _ => new Hold());

    public void ReleaseAll()
    {
        foreach (var hold in _holds.Values)
        {
            hold.Release();
        }
    }

    public async Task<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken)
    {
        if (_holds.TryGetValue(append.Stream, out var hold))
        {
            await hold.PassAsync(append);
        }

        return AppendFailure is { } failure ? throw failure : await inner().AppendAsync(append, cancellationToken);
    }

    public async Task<ImmutableArray<JournalEntry>> ReadAsync(
        StreamId stream, long fromSequence, int max, CancellationToken cancellationToken)
    {
        if (ReadFailure(stream) is { } failure)
        {
            throw failure;
        }

        var entries = await inner().ReadAsync(stream, fromSequence, max, cancellationToken);
        Interlocked.Add(ref _reads, entries.Length);
        return [.. entries.Select(Bend)];
    }

    public Task<ImmutableArray<CommittedEntry>> ReadCommittedAsync(
        StreamId stream, long fromSequence, int max, CancellationToken cancellationToken) =>
        inner().ReadCommittedAsync(stream, fromSequence, max, cancellationToken);

    public Task<ImmutableArray<JournalEntry>> ReadBackwardsAsync(
        StreamId stream, long beforeSequence, int max, CancellationToken cancellationToken) =>
        inner().ReadBackwardsAsync(stream, beforeSequence, max, cancellationToken);

    public ValueTask<bool> ExistsAsync(StreamId stream, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _existsCalls);
        return ExistsFailure is { } failure ? throw failure : inner().ExistsAsync(stream, cancellationToken);
    }

    /// <summary>Appends that wait until they are let through.</summary>
    public sealed class Hold
    {
        private readonly ConcurrentQueue<JournalAppend> _arrived = new();
        private readonly SemaphoreSlim _arrival = new(0);
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Appends that have arrived so far.</summary>
        public IReadOnlyCollection<JournalAppend> Arrived => _arrived;

        /// <summary>Completes when one more append waits here.</summary>
        public async Task WaitForArrivalAsync() =>
            Assert.True(await _arrival.WaitAsync(TimeSpan.FromSeconds(20)), "No append arrived.");

        public void Release() => _gate.TrySetResult();

        internal Task PassAsync(JournalAppend append)
        {
            _arrived.Enqueue(append);
            _arrival.Release();
            return _gate.Task;
        }
    }
}
