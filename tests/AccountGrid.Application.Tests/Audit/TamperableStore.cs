using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using AccountGrid.Domain;

namespace AccountGrid.Application.Tests.Audit;

/// <summary>
/// Journals, index and checkpoints in lists that a test may tamper with. Rows are handed out exactly as they lie there.
/// </summary>
public sealed class TamperableStore : IJournalFeed, ICheckpointStore, IAuditSource
{
    public List<CommittedEntry> Rows { get; private set; } = [];

    public SortedDictionary<string, long> Heads { get; private set; } = new(StringComparer.Ordinal);

    public List<StoredCheckpoint> Checkpoints { get; private set; } = [];

    /// <summary>Throws where a process would have died: after the log outside, before the store.</summary>
    public bool DieBeforeNextCheckpoint { get; set; }

    /// <summary>Runs before the next checkpoint is added: what another maker does meanwhile.</summary>
    public Func<Task>? BeforeNextCheckpoint { get; set; }

    public long EntriesRead { get; private set; }

    public int LargestPage { get; private set; }

    /// <summary>Runs when a view is opened: what happens meanwhile.</summary>
    public Func<Task>? WhileVerifying { get; set; }

    /// <summary>Set: reading the rows fails there, as a store does that meets a row which cannot be an entry.</summary>
    public long? UnreadablePosition { get; set; }

    public void Append(string stream, string payload = "{}", string subject = "kim", string type = "hold-placed")
    {
        var id = Stream(stream);
        var before = Rows.LastOrDefault(r => r.Entry.Stream == id)?.Entry;
        var entry = new JournalEntry(
            id, (before?.Sequence ?? 0) + 1, DateTimeOffset.UnixEpoch.AddSeconds(Rows.Count),
            new(ActorKind.Operator, subject), type, 1,
            Encoding.UTF8.GetBytes(payload), "", null, null, default);
        entry = entry with { Hash = EntryHash.Compute(entry, before is null ? [] : before.Hash.Span) };
        Rows.Add(new(Rows.Count + 1, entry));
        Heads[stream] = entry.Sequence;
    }

    public static StreamId Stream(string text) =>
        StreamId.TryParse(text, out var id) ? id : throw new ArgumentException(text);

    public int IndexOf(string stream, long sequence) =>
        Rows.FindIndex(r => r.Entry.Stream.Value == stream && r.Entry.Sequence == sequence);

    /// <summary>Changes one entry in place and leaves its hash as it was.</summary>
    public void Edit(string stream, long sequence, Func<JournalEntry, JournalEntry> change)
    {
        var i = IndexOf(stream, sequence);
        Rows[i] = Rows[i] with { Entry = change(Rows[i].Entry) };
    }

    /// <summary>
    /// What a person with the database in hand and knowledge of the format does: every hash anew, sequences and
    /// positions gap-free.
    /// </summary>
    public void RewriteHashes()
    {
        var last = new Dictionary<StreamId, JournalEntry>();
        for (var i = 0; i < Rows.Count; i++)
        {
            var before = last.GetValueOrDefault(Rows[i].Entry.Stream);
            var entry = Rows[i].Entry with { Sequence = (before?.Sequence ?? 0) + 1 };
            entry = entry with { Hash = EntryHash.Compute(entry, before is null ? [] : before.Hash.Span) };
            Rows[i] = new(i + 1, entry);
            last[entry.Stream] = entry;
        }

        Heads = new(last.ToDictionary(p => p.Key.Value, p => p.Value.Sequence), StringComparer.Ordinal);
    }

    public Task<long> ReadHeadAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Rows.Count == 0 ? 0 : Rows.Max(r => r.Position));

    public Task<ImmutableArray<CommittedEntry>> ReadAfterAsync(
        long position, int max, CancellationToken cancellationToken)
    {
        var page = Rows.Where(r => r.Position > position).OrderBy(r => r.Position).Take(max).ToImmutableArray();
        if (page.Any(r => r.Position == UnreadablePosition))
        {
            throw new JournalDamagedException($"Row {UnreadablePosition} is no entry.");
        }

        EntriesRead += page.Length;
        LargestPage = Math.Max(LargestPage, page.Length);
        return Task.FromResult(page);
    }

    public Task<ImmutableArray<CommittedEntry>> ReadBeforeAsync(
        long position, JournalFilter filter, int max, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Checkpoints need no filter.");

    public Task WaitForAsync(long position, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Nothing waits here.");

    public Task<StoredCheckpoint?> ReadLastAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Checkpoints.LastOrDefault());

    public Task<ImmutableArray<Checkpoint>> ReadBeforeAsync(
        long number, int max, CancellationToken cancellationToken) => Task.FromResult(
        Checkpoints.Select(c => c.Checkpoint).Where(c => c.Number < number).OrderByDescending(c => c.Number).Take(max)
            .ToImmutableArray());

    public async Task<AppendResult> AppendAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        if (BeforeNextCheckpoint is { } meanwhile)
        {
            BeforeNextCheckpoint = null;
            await meanwhile();
        }

        if (DieBeforeNextCheckpoint)
        {
            DieBeforeNextCheckpoint = false;
            throw new StorageUnavailableException(
                "The process died here.", null, isTransient: true, outcomeUnknown: true);
        }

        if (checkpoint.Checkpoint.Number != Checkpoints.Count + 1)
        {
            return AppendResult.Conflict;
        }

        Checkpoints.Add(checkpoint);
        return AppendResult.Appended;
    }

    public async Task<IAuditView> OpenAsync(CancellationToken cancellationToken)
    {
        var view = new View(
            new()
            {
                Rows = [.. Rows],
                Heads = new(
                Heads, StringComparer.Ordinal),
                Checkpoints = [.. Checkpoints],
                UnreadablePosition =
                    UnreadablePosition
            });
        await (WhileVerifying?.Invoke() ?? Task.CompletedTask);
        return view;
    }

    private sealed class View(TamperableStore at) : IAuditView
    {
        public IAsyncEnumerable<CommittedEntry> ReadByStreamAsync(CancellationToken cancellationToken) =>
            Entries(at.Rows.OrderBy(r => r.Entry.Stream.Value, StringComparer.Ordinal).ThenBy(r => r.Entry.Sequence),
                cancellationToken);

        public IAsyncEnumerable<CommittedEntry> ReadByPositionAsync(CancellationToken cancellationToken) =>
            Entries(at.Rows.OrderBy(r => r.Position), cancellationToken);

        public IAsyncEnumerable<StreamHead> ReadHeadsAsync(CancellationToken cancellationToken) =>
            Each(at.Heads.Select(h => new StreamHead(Stream(h.Key), h.Value)), cancellationToken);

        public IAsyncEnumerable<Checkpoint> ReadCheckpointsAsync(CancellationToken cancellationToken) =>
            Each(at.Checkpoints.Select(c => c.Checkpoint).OrderBy(c => c.Number), cancellationToken);

        public IAsyncEnumerable<FollowerPart> ReadFollowersAsync(CancellationToken cancellationToken) =>
            AsyncEnumerable.Empty<FollowerPart>();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private IAsyncEnumerable<CommittedEntry> Entries(
            IEnumerable<CommittedEntry> rows, CancellationToken cancellationToken) => Each(
            rows.Select(r =>
                r.Position == at.UnreadablePosition
                    ? throw new JournalDamagedException($"Row {r.Position} is no entry.")
                    : r), cancellationToken);

        private static async IAsyncEnumerable<T> Each<T>(
            IEnumerable<T> items, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            foreach (var item in items)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return item;
            }

            await Task.CompletedTask;
        }
    }
}
