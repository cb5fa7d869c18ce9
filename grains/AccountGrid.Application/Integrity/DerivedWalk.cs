using System.Collections.Immutable;
using System.Globalization;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Goes through all journals in the order of their names and computes again what the store keeps beside them: budget
/// marks and index rows. It says what differs, and changes nothing. Single-threaded.
/// </summary>
/// <remarks>
/// It needs no consistent view: an index row is written in the transaction of its entries, so a row is compared with
/// the fold up to the version that the row itself names, and entries that came meanwhile are read behind it. A stream
/// that does not fold is not compared. The entry that it fails at is named, unless something else verifies the chains.
/// </remarks>
/// <param name="source">What is stored.</param>
/// <param name="verifiesEntries">Whether entries that were changed or that no silo wrote are named.</param>
/// <param name="macs">The keys of MACs; <c>null</c> = they are not verified.</param>
public sealed class DerivedWalk(IDerivedSource source, bool verifiesEntries = false, JournalMacs? macs = null)
{
    /// <summary>Entries read at a time.</summary>
    public const int PageSize = 500;

    private readonly List<AuditProblem> _problems = [];
    private ImportedStream? _fold;
    private JournalEntry? _last;
    private bool _isNamed;

    /// <summary>Entries compared since the beginning.</summary>
    public long Entries { get; private set; }

    /// <summary>Streams compared since the beginning.</summary>
    public long Streams { get; private set; }

    /// <summary>Compares the next page.</summary>
    /// <returns>
    /// What differs in it, and whether it was the last one; then the next call begins again with the first stream.
    /// </returns>
    /// <exception cref="StorageUnavailableException">The store failed; the next call goes on behind it.</exception>
    /// <exception cref="JournalDamagedException">
    /// A row cannot be an entry at all; the next call begins again with the first stream.
    /// </exception>
    public async Task<(ImmutableArray<AuditProblem> Problems, bool IsLast)> StepAsync(
        CancellationToken cancellationToken)
    {
        _problems.Clear();
        ImmutableArray<MarkedEntry> page;
        try
        {
            page = await source.ReadAsync(
                _last?.Stream.Value ?? "", _last?.Sequence ?? 0, PageSize, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (JournalDamagedException)
        {
            Begin();
            throw;
        }

        var ended = new List<ImportedStream>();
        foreach (var marked in page)
        {
            if (_last is { } before && before.Stream != marked.Committed.Entry.Stream)
            {
                EndStream(ended);
            }

            Take(marked);
        }

        var isLast = page.Length < PageSize;
        if (isLast)
        {
            EndStream(ended);
            Begin();
        }

        await CompareAsync(ended, cancellationToken).ConfigureAwait(false);
        return ([.. _problems], isLast);
    }

    private void Begin() => (_fold, _last, _isNamed) = (null, null, false);

    /// <summary>The stream before is at its end; one that does not fold is not compared.</summary>
    private void EndStream(List<ImportedStream> ended)
    {
        if (_last is not null)
        {
            Streams++;
        }

        if (_fold is { Row: not StreamIndexRow.None })
        {
            ended.Add(_fold);
        }

        Begin();
    }

    private void Take(MarkedEntry marked)
    {
        var entry = marked.Committed.Entry;
        Entries++;
        if (_last is null)
        {
            _fold = ImportedStream.Of(entry.Stream);
        }

        _last = entry;
        if (macs?.Check(marked.Committed) is MacCheck.Missing or MacCheck.Wrong)
        {
            Name(AuditProblemKind.MacWrong, marked.Committed, macs.Doubt(marked.Committed)!);
        }

        if (_fold is not null && !TryFold(_fold, marked))
        {
            _fold = null;
        }
    }

    /// <summary>Folds an entry and compares its mark.</summary>
    /// <returns>Whether it folds.</returns>
    private bool TryFold(ImportedStream fold, MarkedEntry marked)
    {
        var entry = marked.Committed.Entry;
        try
        {
            var mark = fold.Fold(entry);
            if (!IsOfFormerRule(mark, marked) && (mark?.ByText != marked.HarmBy
                || mark?.ApprovedBy?.Value != marked.HarmApprovedBy || mark?.Reach != marked.HarmReach))
            {
                _problems.Add(new(
                    AuditProblemKind.BudgetMarkWrong,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The budget mark beside entry {entry.Sequence} of {entry.Stream} is not what the entry says."),
                    entry.Stream.Value, entry.Sequence, marked.Committed.Position));
            }

            return true;
        }
        catch (JournalDamagedException e)
        {
            Name(AuditProblemKind.EntryChanged, marked.Committed, e.Message);
            return false;
        }
        catch (UnknownFormatException)
        {
            return false;
        }
    }

    /// <summary>Names the first entry of a stream that is not what a silo wrote.</summary>
    private void Name(AuditProblemKind kind, CommittedEntry committed, string message)
    {
        if (verifiesEntries && !_isNamed)
        {
            _isNamed = true;
            _problems.Add(new(
                kind, message, committed.Entry.Stream.Value, committed.Entry.Sequence, committed.Position));
        }
    }

    /// <summary>
    /// Whether the mark is missing because services had no budget when the entry was written: such entries have no MAC.
    /// </summary>
    private static bool IsOfFormerRule(BudgetMark? mark, MarkedEntry marked) =>
        mark?.By.Kind == ActorKind.Service && marked.Committed.Mac.IsEmpty
        && marked is { HarmBy: null, HarmApprovedBy: null, HarmReach: null };

    private async Task CompareAsync(List<ImportedStream> folds, CancellationToken cancellationToken)
    {
        if (folds.Count == 0)
        {
            return;
        }

        var rows = await source.ReadRowsAsync([.. folds.Select(static f => f.Id)], cancellationToken)
            .ConfigureAwait(false);
        foreach (var fold in folds)
        {
            var row = rows.GetValueOrDefault(fold.Id);
            if (row is null || await TryCatchUpAsync(fold, row.Version, cancellationToken).ConfigureAwait(false))
            {
                Compare(fold.Id, IndexColumns.Of(fold.Row), row);
            }
        }
    }

    /// <summary>
    /// Folds on to the version of a row that is newer than what was read: so are entries, unless the tail is cut.
    /// </summary>
    /// <returns>Whether everything folds.</returns>
    private async Task<bool> TryCatchUpAsync(ImportedStream fold, long version, CancellationToken cancellationToken)
    {
        for (var moved = true; moved && fold.Row.Version < version;)
        {
            moved = false;
            foreach (var marked in await source
                .ReadAsync(fold.Id.Value, fold.Row.Version, PageSize, cancellationToken).ConfigureAwait(false))
            {
                if (marked.Committed.Entry.Stream == fold.Id && marked.Committed.Entry.Sequence <= version)
                {
                    moved = true;
                    Entries++;
                    if (!TryFold(fold, marked))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    private void Compare(StreamId stream, IndexColumns expected, IndexColumns? stored)
    {
        var differences = stored is null ? [] : expected.DifferencesOf(stored);
        if (stored is not null && stored.Version == expected.Version && differences.IsEmpty)
        {
            return;
        }

        var what = stored is null ? "is missing"
            : stored.Version != expected.Version ? string.Create(
                CultureInfo.InvariantCulture, $"is of version {stored.Version}, not {expected.Version}")
            : $"is wrong in {string.Join(", ", differences)}";
        _problems.Add(new(
            AuditProblemKind.IndexColumnWrong, $"The index row of {stream} {what}.", stream.Value, expected.Version));
    }
}
