using System.Collections.Immutable;
using System.Diagnostics;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>Is told when a stream's head moved.</summary>
/// <typeparam name="TState">The stream's state.</typeparam>
internal interface IHeadObserver<in TState>
{
    /// <summary>The head moved from one state to a later one; it is already published.</summary>
    void HeadMoved(TState before, TState after);
}

/// <summary>
/// One stream as its processor has it: the folded head in memory, reading what was appended elsewhere, and appending
/// behind the fence.
/// </summary>
/// <remarks>
/// Single-threaded by contract, like the processors; <see cref="Head"/>, <see cref="MustReload"/> and
/// <see cref="IsFresh"/> may be read from any thread. Versions of the head only grow: a reader and a writer may both
/// bring the same entry, and the first one counts. A failed append makes the journal be read again before the next use,
/// so that nothing is ever decided on a state that may be behind.
/// </remarks>
/// <typeparam name="TState">The stream's state.</typeparam>
/// <typeparam name="TEvent">The stream's event hierarchy.</typeparam>
internal sealed class JournaledStream<TState, TEvent>(
    StreamKind<TState, TEvent> kind, StreamId id, TState initial, IHeadObserver<TState>? observer = null)
    where TEvent : class
{
    private const long NotRead = long.MinValue;
    private volatile Head<TState> _head = new(initial, 0, ReadOnlyMemory<byte>.Empty);
    private Task? _reading;
    private long _readAt = NotRead;
    private long _failures;
    private long _failuresHealed;

    /// <summary>The last known head.</summary>
    public Head<TState> Head => _head;

    /// <summary>Whether an append met another activation's; the host must deactivate this one.</summary>
    public bool IsFenced { get; private set; }

    /// <summary>
    /// Whether an append failed or met another's, or <see cref="Invalidate"/> was called, and the journal was not read
    /// since: what is in memory may be behind.
    /// </summary>
    public bool MustReload => Volatile.Read(ref _failuresHealed) < Volatile.Read(ref _failures);

    /// <summary>Whether <see cref="RefreshAsync"/> with this age would not read: a head to decide on now.</summary>
    public bool IsFresh(TimeSpan maxAge) => !MustReload && !IsOlderThan(maxAge);

    /// <summary>
    /// Whether an exception of <see cref="AppendAsync"/> leaves open whether the entries were written.
    /// </summary>
    public static bool IsOutcomeUnknown(Exception exception) =>
        exception is not (StorageOverloadedException or OperationCanceledException
            or StorageUnavailableException { OutcomeUnknown: false });

    /// <summary>Reads what the journal has beyond the head.</summary>
    /// <exception cref="StorageUnavailableException">The journal cannot be read.</exception>
    /// <exception cref="JournalDamagedException">The journal does not fold.</exception>
    /// <exception cref="UnknownFormatException">The journal was written by a newer program.</exception>
    public async Task ReadForwardAsync(CancellationToken cancellationToken)
    {
        try
        {
            Adopt(await kind.FoldOf(id).ReadForwardAsync(_head, cancellationToken));
        }
        catch (JournalDamagedException e)
        {
            kind.Diagnostics.JournalDamaged();
            kind.LogDamaged(_head.State, e);
            throw;
        }
    }

    /// <summary>
    /// Continues from a head that was kept elsewhere, if the journal's entry at its version has its hash.
    /// </summary>
    /// <returns>Whether it was used.</returns>
    /// <exception cref="JournalDamagedException">
    /// The entries behind it do not continue it: it or the journal is wrong.
    /// </exception>
    public async Task<bool> TryResumeAsync(Head<TState> kept, CancellationToken cancellationToken)
    {
        if (await kind.FoldOf(id).ResumeAsync(kept, cancellationToken) is not { } resumed)
        {
            return false;
        }

        Adopt(resumed);
        return true;
    }

    /// <summary>
    /// Reads what the journal has beyond the head, for a head that may be behind. Throws as
    /// <see cref="ReadForwardAsync"/>.
    /// </summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        using var span = kind.Diagnostics.Start("journal.read");

        // An append that fails during this reading asks for another one.
        var (start, failures) = (kind.Clock.GetTimestamp(), _failures);
        await ReadForwardAsync(cancellationToken);
        Volatile.Write(ref _readAt, start);
        _failuresHealed = Math.Max(_failuresHealed, failures);
    }

    /// <summary>
    /// Reloads if the head is behind <paramref name="minVersion"/>, if <see cref="MustReload"/>, or if the last reload
    /// began longer ago than <paramref name="maxAge"/>. Callers share a reload that is under way, and make another one
    /// if that began too early.
    /// </summary>
    public async ValueTask RefreshAsync(long minVersion, TimeSpan? maxAge, CancellationToken cancellationToken)
    {
        var isMine = false;
        while (!isMine && (_head.Version < minVersion || MustReload || (maxAge is { } age && IsOlderThan(age))))
        {
            isMine = _reading is not { IsCompleted: false };
            _reading = isMine ? ReloadAsync(CancellationToken.None) : _reading!;
            await _reading.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Appends events behind a head and moves to the head after them; measured and logged by outcome.
    /// </summary>
    /// <param name="head">What was decided on.</param>
    /// <param name="events">At least one.</param>
    /// <param name="facts">What all entries share.</param>
    /// <param name="cancellationToken">
    /// Honoured until the append is handed to the store; after that the outcome is awaited.
    /// </param>
    /// <returns>
    /// The head after the events, or <c>null</c> where other entries stand behind <paramref name="head"/>; then nothing
    /// was written.
    /// </returns>
    /// <exception cref="StorageUnavailableException">The store failed; see <see cref="IsOutcomeUnknown"/>.</exception>
    /// <exception cref="StorageOverloadedException">The store's queue is full; nothing was written.</exception>
    public async Task<Head<TState>?> AppendAsync(
        Head<TState> head, ImmutableArray<TEvent> events, EntryFacts facts, CancellationToken cancellationToken)
    {
        Debug.Assert(!events.IsEmpty && head.Version <= _head.Version,
            "Events are appended behind a head that this stream had.");
        using var span = kind.Diagnostics.Start("journal.append")?.SetTag("accountgrid.journal.entries", events.Length);
        var prepared = kind.FoldOf(id).Prepare(head, events, facts);
        var pending = prepared.Entries.Zip(events, (entry, e) => new PendingEntry(entry, kind.MarkOf(e)))
            .ToImmutableArray();
        var start = kind.Clock.GetTimestamp();
        var result = "failed";
        try
        {
            var append = new JournalAppend(id, head.Version, pending, kind.RowOf(prepared.After.State));
            if (await kind.Journal.AppendAsync(append, cancellationToken) == AppendResult.Conflict)
            {
                result = "conflict";
                return null;
            }

            result = "appended";
            Adopt(prepared.After);
            return prepared.After;
        }
        catch (Exception e) when (e is not (StorageOverloadedException or OperationCanceledException))
        {
            // What is not known to be unwritten may have been written.
            _failures++;
            var outcomeUnknown = IsOutcomeUnknown(e);
            kind.LogAppendFailed(head.State, e, outcomeUnknown);
            if (outcomeUnknown)
            {
                result = "unknown";
                span?.SetStatus(ActivityStatusCode.Error, e.GetType().Name);
            }

            throw;
        }
        finally
        {
            span?.SetTag("accountgrid.journal.result", result);
            kind.Diagnostics.Appended(kind.Clock.GetElapsedTime(start), result);
        }
    }

    /// <summary>The state that events would come to behind a head; nothing is written, and the head stays.</summary>
    public TState Preview(Head<TState> head, ImmutableArray<TEvent> events, EntryFacts facts) =>
        kind.FoldOf(id).Prepare(head, events, facts).After.State;

    /// <summary>
    /// Decides on a head and appends what that comes to; decided once more on what is really there where another
    /// activation appended first. For records that few commands change.
    /// </summary>
    /// <param name="refresh">Brings the head up to date, before each decision.</param>
    /// <param name="decide">The decision on a head, with what is to be appended; nothing = no append.</param>
    /// <param name="refused">The answer that stands for a refusal: a full queue, or one more append of another.</param>
    /// <param name="what">The record, as a sentence begins.</param>
    /// <param name="retryAfter">When a caller may try again.</param>
    /// <param name="cancellationToken">As in <see cref="AppendAsync"/>.</param>
    /// <exception cref="StorageUnavailableException">The store failed; see <see cref="IsOutcomeUnknown"/>.</exception>
    public async Task<TAnswer> DecideAsync<TAnswer>(
        Func<ValueTask> refresh,
        Func<Head<TState>, Task<(TAnswer Answer, ImmutableArray<TEvent> Events, EntryFacts Facts)>> decide,
        Func<Refusal, TAnswer> refused, string what, TimeSpan retryAfter, CancellationToken cancellationToken)
    {
        try
        {
            for (var attempt = 0; attempt < 2; attempt++)
            {
                await refresh();
                var head = Head;
                var (answer, events, facts) = await decide(head);
                if (events.IsEmpty || await AppendAsync(head, events, facts, cancellationToken) is not null)
                {
                    return answer;
                }

                NoteFenceLost();
            }
        }
        catch (StorageOverloadedException full)
        {
            return refused(Refusal.Overloaded(full.What, full.RetryAfter));
        }

        return refused(new(
            RefusalReason.Overloaded, $"{what} is being changed elsewhere; try again.", RetryAfter: retryAfter));
    }

    /// <summary>Decides on the head as it is, as <see cref="DecideAsync"/> does, and appends nothing.</summary>
    /// <param name="decide">The decision on a head, with what would be appended.</param>
    /// <returns>The answer, and the state that the events would come to.</returns>
    public async Task<(TAnswer Answer, TState After)> PreviewAsync<TAnswer>(
        Func<Head<TState>, Task<(TAnswer Answer, ImmutableArray<TEvent> Events, EntryFacts Facts)>> decide)
    {
        var head = Head;
        var (answer, events, facts) = await decide(head);
        return (answer, Preview(head, events, facts));
    }

    /// <summary>Notes that an append met entries of another activation: this one is fenced, and must reload.</summary>
    public void NoteFenceLost()
    {
        IsFenced = true;
        _failures++;
        kind.Diagnostics.FenceLost(kind.Name);
        kind.LogFenceLost(_head.State);
    }

    /// <summary>Notes that entries may have been appended elsewhere: the journal is read before the next use.</summary>
    public void Invalidate() => _failures++;

    private bool IsOlderThan(TimeSpan age) =>
        Volatile.Read(ref _readAt) is var at && (at == NotRead || kind.Clock.GetElapsedTime(at) > age);

    private void Adopt(Head<TState> head)
    {
        var before = _head;
        if (head.Version > before.Version)
        {
            _head = head;
            observer?.HeadMoved(before.State, head.State);
        }
    }
}
