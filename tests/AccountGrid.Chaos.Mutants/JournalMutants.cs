using System.Collections.Concurrent;
using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Chaos.Mutants;

/// <summary>The journal as it is, for others to change.</summary>
internal abstract class JournalMutant(IJournal journal) : IJournal
{
    /// <summary>The real one.</summary>
    protected IJournal Journal => journal;

    public abstract Task<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken);

    public Task<ImmutableArray<JournalEntry>> ReadAsync(
        StreamId stream, long fromSequence, int max, CancellationToken cancellationToken) =>
        journal.ReadAsync(stream, fromSequence, max, cancellationToken);

    public Task<ImmutableArray<CommittedEntry>> ReadCommittedAsync(
        StreamId stream, long fromSequence, int max, CancellationToken cancellationToken) =>
        journal.ReadCommittedAsync(stream, fromSequence, max, cancellationToken);

    public Task<ImmutableArray<JournalEntry>> ReadBackwardsAsync(
        StreamId stream, long beforeSequence, int max, CancellationToken cancellationToken) =>
        journal.ReadBackwardsAsync(stream, beforeSequence, max, cancellationToken);

    public ValueTask<bool> ExistsAsync(StreamId stream, CancellationToken cancellationToken) =>
        journal.ExistsAsync(stream, cancellationToken);
}

/// <summary>
/// The second caller is not turned away: what was decided on an old state goes behind what others have appended
/// since.
/// </summary>
internal sealed class UnfencedJournal(IJournal journal) : JournalMutant(journal)
{
    public override async Task<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken)
    {
        while (await Journal.AppendAsync(append, cancellationToken) == AppendResult.Conflict)
        {
            var last = (await Journal.ReadBackwardsAsync(append.Stream, long.MaxValue, 1, cancellationToken))[0];
            append = Behind(append, last);
        }

        return AppendResult.Appended;
    }

    private static JournalAppend Behind(JournalAppend append, JournalEntry last)
    {
        var version = last.Sequence;
        var entries = ImmutableArray.CreateBuilder<PendingEntry>();
        foreach (var pending in append.Entries)
        {
            var entry = pending.Entry with { Sequence = last.Sequence + 1 };
            last = entry with { Hash = EntryHash.Compute(entry, last.Hash.Span) };
            entries.Add(pending with { Entry = last });
        }

        return append with
        {
            ExpectedVersion = version,
            Entries = entries.ToImmutable(),
            Index = append.Index with { Version = last.Sequence },
        };
    }
}

/// <summary>
/// Says that an account's entry is durable before it is written: it is written together with the account's next one. So
/// a crash right behind the answer takes it away, without a race.
/// </summary>
internal sealed class EarlyJournal(IJournal journal) : JournalMutant(journal)
{
    private readonly ConcurrentDictionary<StreamId, JournalAppend> _owed = new();

    public override async Task<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken)
    {
        if (_owed.TryRemove(append.Stream, out var owed))
        {
            await Journal.AppendAsync(owed, cancellationToken);
        }

        // Where nothing was before, others would not find the account; operators are not what is tried here.
        if (append.ExpectedVersion == 0 || !append.Stream.IsAccount(out _))
        {
            return await Journal.AppendAsync(append, cancellationToken);
        }

        _owed[append.Stream] = append;
        return AppendResult.Appended;
    }
}

/// <summary>A refused attempt leaves nothing behind.</summary>
internal sealed class ForgivingJournal(IJournal journal) : JournalMutant(journal)
{
    public override Task<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken) =>
        append.Entries.All(static e => e.Entry.Type == "attempt-refused")
            ? Task.FromResult(AppendResult.Appended)
            : Journal.AppendAsync(append, cancellationToken);
}

/// <summary>
/// Request ids are stored, but never looked for: an account does not know that it has done a thing before.
/// </summary>
internal sealed class ForgetfulCodec(IEventCodec<AccountEvent> codec) : IEventCodec<AccountEvent>
{
    public EncodedEvent Encode(AccountEvent payload) => codec.Encode(payload);

    public Recorded<AccountEvent> Decode(JournalEntry entry) =>
        codec.Decode(entry) with { RequestId = null, RequestDigest = null };
}
