using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Testing;

/// <summary>How the next append goes wrong.</summary>
public enum AppendFault
{
    /// <summary>The store fails, and it is known that nothing was written.</summary>
    Unavailable,

    /// <summary>Nothing was written, but nobody knows.</summary>
    UnknownNotWritten,

    /// <summary>It was written, but nobody knows.</summary>
    UnknownWritten,

    /// <summary>The writer's queue is full.</summary>
    Overloaded,
}

/// <summary>
/// Journals in memory with the real fence, and with faults on demand. Thread-safe. Answers after a yield, as a store
/// does, so that calls interleave.
/// </summary>
public sealed partial class InMemoryJournal : IJournal, IHarmLog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<JournalEntry>> _streams = [];
    private readonly Dictionary<string, StreamIndexRow> _index = [];
    private readonly List<(JournalEntry Entry, BudgetMark Mark)> _harms = [];
    private readonly Dictionary<(string Stream, long Sequence), (long Position, ReadOnlyMemory<byte> Mac)> _beside = [];
    private readonly Queue<AppendFault> _faults = new();

    /// <summary>Where an append can be stopped before it is written.</summary>
    public Gate BeforeAppend { get; } = new();

    /// <summary>Where a read can be stopped after it was made.</summary>
    public Gate AfterRead { get; } = new();

    /// <summary>Runs before each append is written: a rival, for instance.</summary>
    public Action<JournalAppend>? OnAppend { get; set; }

    /// <summary>Whether reads fail.</summary>
    public bool ReadsFail { get; set; }

    /// <summary>Entries of every stream read so far.</summary>
    public int EntriesRead { get; private set; }

    /// <summary>Readings of streams so far.</summary>
    public int Reads { get; private set; }

    /// <summary>The next append goes wrong so; several are taken in order.</summary>
    public void FailNextAppend(AppendFault fault) => _faults.Enqueue(fault);

    /// <summary>Everything that a stream holds.</summary>
    public ImmutableArray<JournalEntry> Entries(StreamId stream)
    {
        lock (_lock)
        {
            return [.. Stream(stream)];
        }
    }

    /// <summary>The index row of a stream.</summary>
    public StreamIndexRow? Row(StreamId stream)
    {
        lock (_lock)
        {
            return _index.GetValueOrDefault(stream.Value);
        }
    }

    /// <summary>Changes what is stored behind everybody's back.</summary>
    public void Tamper(StreamId stream, Action<List<JournalEntry>> change)
    {
        lock (_lock)
        {
            change(Stream(stream));
        }
    }

    /// <summary>Appends at once, past every gate and fault.</summary>
    public AppendResult AppendNow(JournalAppend append)
    {
        lock (_lock)
        {
            var stream = Stream(append.Stream);
            if (stream.Count != append.ExpectedVersion)
            {
                return AppendResult.Conflict;
            }

            foreach (var pending in append.Entries)
            {
                var (entry, harm) = pending;
                stream.Add(entry);
                _beside[(entry.Stream.Value, entry.Sequence)] = (_beside.Count + 1, pending.Mac);
                if (harm is not null)
                {
                    _harms.Add((entry, harm));
                }
            }

            _index[append.Stream.Value] = append.Index;
            return AppendResult.Appended;
        }
    }

    /// <inheritdoc/>
    public async Task<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        await BeforeAppend.PassAsync();
        OnAppend?.Invoke(append);
        if (!_faults.TryDequeue(out var fault))
        {
            return AppendNow(append);
        }

        if (fault == AppendFault.UnknownWritten)
        {
            AppendNow(append);
        }

        throw fault == AppendFault.Overloaded
            ? new StorageOverloadedException("The journal's writer", TimeSpan.FromSeconds(2))
            : new StorageUnavailableException(
                "The append failed.", null, isTransient: true, outcomeUnknown: fault != AppendFault.Unavailable);
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<JournalEntry>> ReadAsync(
        StreamId stream, long fromSequence, int max, CancellationToken cancellationToken) =>
        ReadAsync(stream, entries => entries.Where(e => e.Sequence >= fromSequence).Take(max));

    /// <inheritdoc/>
    public async Task<ImmutableArray<CommittedEntry>> ReadCommittedAsync(
        StreamId stream, long fromSequence, int max, CancellationToken cancellationToken)
    {
        var entries = await ReadAsync(stream, fromSequence, max, cancellationToken);
        lock (_lock)
        {
            return [.. entries.Select(e =>
            {
                var (position, mac) = _beside.GetValueOrDefault((e.Stream.Value, e.Sequence));
                return new CommittedEntry(position, e) { Mac = mac };
            })];
        }
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<JournalEntry>> ReadBackwardsAsync(
        StreamId stream, long beforeSequence, int max, CancellationToken cancellationToken) =>
        ReadAsync(stream, entries => entries.Where(e => e.Sequence < beforeSequence).Reverse().Take(max));

    /// <inheritdoc/>
    public ValueTask<bool> ExistsAsync(StreamId stream, CancellationToken cancellationToken) =>
        new(!Entries(stream).IsEmpty);

    /// <inheritdoc/>
    public async Task<ImmutableArray<HarmCharge>> ReadChargesAsync(
        Actor by, DateTimeOffset after, CancellationToken cancellationToken)
    {
        await Task.Yield();
        lock (_lock)
        {
            return [.. _harms.Where(h => h.Mark.By == by && h.Entry.At > after)
                .Select(h => new HarmCharge(h.Entry.At, h.Mark.Reach))];
        }
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<HarmCharge>> ReadAloneAsync(
        DateTimeOffset after, CancellationToken cancellationToken)
    {
        await Task.Yield();
        lock (_lock)
        {
            return [.. _harms.Where(h => h.Mark.ApprovedBy is null && h.Entry.At > after)
                .OrderBy(h => h.Entry.At).Select(h => new HarmCharge(h.Entry.At, h.Mark.Reach))];
        }
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<AccountId>> ListHarmedAsync(
        Actor by, DateTimeOffset since, long afterAccount, int max, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var accounts =
                _harms.Where(h => h.Entry.At >= since
                    && (h.Mark.By == by || (by.Person is { } person && h.Mark.ApprovedBy == person)))
                .Select(h => h.Entry.Stream.IsAccount(out var account) ? account.Value : 0)
                .Where(a => a > afterAccount).Distinct().Order().Take(max);
            return Task.FromResult(accounts.Select(a => new AccountId(a)).ToImmutableArray());
        }
    }

    private async Task<ImmutableArray<JournalEntry>> ReadAsync(
        StreamId stream, Func<IEnumerable<JournalEntry>, IEnumerable<JournalEntry>> select)
    {
        await Task.Yield();
        if (ReadsFail)
        {
            throw new StorageUnavailableException("The read failed.", null, isTransient: true, outcomeUnknown: false);
        }

        var entries = select(Entries(stream)).ToImmutableArray();
        Reads++;
        EntriesRead += entries.Length;
        await AfterRead.PassAsync();
        return entries;
    }

    private List<JournalEntry> Stream(StreamId stream)
    {
        if (!_streams.TryGetValue(stream.Value, out var entries))
        {
            _streams[stream.Value] = entries = [];
        }

        return entries;
    }
}
