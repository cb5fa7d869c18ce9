using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The first pass: every stream by itself, against its own hashes, its MACs and its index row.</summary>
internal sealed class ChainPass(IAuditView view, JournalMacs? macs, AuditFindings findings)
{
    private CommittedEntry? _before;
    private bool _broken;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var heads = view.ReadHeadsAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (heads.ConfigureAwait(false))
        {
            try
            {
                var more = await heads.MoveNextAsync().ConfigureAwait(false);
                await foreach (var committed in view.ReadByStreamAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (_before is { } before && before.Entry.Stream != committed.Entry.Stream)
                    {
                        more = await CloseStreamAsync(heads, more, before).ConfigureAwait(false);
                        _before = null;
                    }

                    Check(committed);
                    _before = committed;
                }

                more = _before is { } last ? await CloseStreamAsync(heads, more, last).ConfigureAwait(false) : more;
                for (; more; more = await heads.MoveNextAsync().ConfigureAwait(false))
                {
                    HeadWithoutEntries(heads.Current);
                }
            }
            catch (JournalDamagedException e)
            {
                findings.EntryUnreadable(e);
            }
        }
    }

    private void Check(CommittedEntry committed)
    {
        var entry = committed.Entry;
        findings.Entries++;
        if (_before is null)
        {
            findings.Streams++;
            _broken = false;
        }

        var expected = (_before?.Entry.Sequence ?? 0) + 1;
        if (entry.Sequence > expected)
        {
            Add(committed, AuditProblemKind.EntryMissing, expected, $"Entry {expected} of {entry.Stream} is missing.",
                position: 0);
        }
        else if (entry.Sequence < expected)
        {
            Add(committed, AuditProblemKind.EntryReordered, entry.Sequence,
                $"Entry {entry.Sequence} of {entry.Stream} is there twice.", committed.Position);
        }
        else if (!entry.Hash.Span.SequenceEqual(EntryHash.Compute(entry, _before is { } b ? b.Entry.Hash.Span : [])))
        {
            var link = expected > 1 ? $", or entry {expected - 1} was replaced" : "";
            Add(
                committed, AuditProblemKind.EntryChanged, entry.Sequence,
                $"Entry {entry.Sequence} of {entry.Stream} is not what was hashed{link}.",
                committed.Position);
        }
        else if (_before is { } earlier && earlier.Position >= committed.Position)
        {
            Add(
                committed, AuditProblemKind.EntryReordered, entry.Sequence,
                $"Entry {entry.Sequence} of {entry.Stream} was committed before entry {earlier.Entry.Sequence}.",
                committed.Position);
        }
        else if (macs?.Doubt(committed) is { } doubt)
        {
            var kind = committed.Mac.IsEmpty ? AuditProblemKind.MacMissing : AuditProblemKind.MacWrong;
            Add(committed, kind, entry.Sequence, doubt, committed.Position);
        }
    }

    /// <summary>One problem per stream: what follows the first is its consequence more often than not.</summary>
    private void Add(CommittedEntry at, AuditProblemKind kind, long sequence, string message, long position)
    {
        if (!_broken)
        {
            _broken = true;
            findings.Add(at.Position, new(kind, message, at.Entry.Stream.Value, sequence, position));
        }
    }

    /// <summary>Compares a stream's last entry with its index row. Both come in the same order.</summary>
    private async ValueTask<bool> CloseStreamAsync(IAsyncEnumerator<StreamHead> heads, bool more, CommittedEntry last)
    {
        var stream = last.Entry.Stream.Value;
        while (more && string.CompareOrdinal(heads.Current.Stream.Value, stream) < 0)
        {
            HeadWithoutEntries(heads.Current);
            more = await heads.MoveNextAsync().ConfigureAwait(false);
        }

        if (last.Entry.Stream.IsOfGrid)
        {
            return more;
        }

        if (!more || heads.Current.Stream != last.Entry.Stream)
        {
            findings.Add(new(AuditProblemKind.IndexMismatch, $"{stream} has no index row.", stream, last.Entry.Sequence,
                last.Position));
            return more;
        }

        var version = heads.Current.Version;
        if (version > last.Entry.Sequence)
        {
            findings.Add(new(
                AuditProblemKind.TailCut,
                $"{stream} ends with entry {last.Entry.Sequence}, but its index row knows of {version}.",
                stream, last.Entry.Sequence + 1));
        }
        else if (version < last.Entry.Sequence)
        {
            findings.Add(new(
                AuditProblemKind.IndexMismatch,
                $"{stream} has {last.Entry.Sequence} entries, but its index row knows of {version} only.",
                stream, version + 1));
        }

        return await heads.MoveNextAsync().ConfigureAwait(false);
    }

    private void HeadWithoutEntries(StreamHead head) => findings.Add(new(
        AuditProblemKind.TailCut, $"{head.Stream} has no entries, but its index row knows of {head.Version}.",
        head.Stream.Value, 1));
}
