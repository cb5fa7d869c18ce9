using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// A journal that puts a MAC beside every entry that it appends, and gives out only entries that a silo wrote: what is
/// folded, and therefore believed, goes through here. Thread-safe.
/// </summary>
/// <param name="inner">The store's.</param>
/// <param name="boundaries">The keys, and from where on a MAC is needed.</param>
public sealed class AuthenticatedJournal(IJournal inner, MacBoundaries boundaries) : IJournal
{
    private readonly JournalMacs _macs = boundaries.Macs;

    /// <inheritdoc />
    public Task<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(append);
        return inner.AppendAsync(
            append with { Entries = [.. append.Entries.Select(e => e with { Mac = _macs.Of(e.Entry) })] },
            cancellationToken);
    }

    /// <inheritdoc />
    /// <exception cref="JournalDamagedException">An entry has no MAC or a wrong one: no silo wrote it.</exception>
    public async Task<ImmutableArray<JournalEntry>> ReadAsync(
        StreamId stream, long fromSequence, int max, CancellationToken cancellationToken)
    {
        var page = await inner.ReadCommittedAsync(stream, fromSequence, max, cancellationToken);
        var entries = ImmutableArray.CreateBuilder<JournalEntry>(page.Length);
        foreach (var committed in page)
        {
            if (_macs.Check(committed) != MacCheck.Valid)
            {
                await boundaries.RefreshAsync(cancellationToken);
                if (_macs.Doubt(committed) is { } doubt)
                {
                    throw new JournalDamagedException(doubt);
                }
            }

            entries.Add(committed.Entry);
        }

        return entries.MoveToImmutable();
    }

    /// <inheritdoc />
    public Task<ImmutableArray<CommittedEntry>> ReadCommittedAsync(
        StreamId stream, long fromSequence, int max, CancellationToken cancellationToken) =>
        inner.ReadCommittedAsync(stream, fromSequence, max, cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<JournalEntry>> ReadBackwardsAsync(
        StreamId stream, long beforeSequence, int max, CancellationToken cancellationToken) =>
        inner.ReadBackwardsAsync(stream, beforeSequence, max, cancellationToken);

    /// <inheritdoc />
    public ValueTask<bool> ExistsAsync(StreamId stream, CancellationToken cancellationToken) =>
        inner.ExistsAsync(stream, cancellationToken);
}
