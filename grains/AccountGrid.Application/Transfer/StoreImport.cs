namespace AccountGrid.Application;

/// <summary>
/// Fills an empty store from an export. Every entry is checked against its chain and folded; index rows and budget
/// marks are derived from the entries anew, and a count must be the number of its edges. Whether the signed roots still
/// hold, the audit says afterwards.
/// </summary>
public static class StoreImport
{
    /// <summary>Imports everything or, on any error, nothing.</summary>
    /// <exception cref="ExportDamagedException">The export is cut, changed, newer, or contradicts itself.</exception>
    /// <exception cref="StoreNotEmptyException">The store holds something.</exception>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    public static async Task<TransferSummary> RunAsync(Stream input, IStore store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var load = await store.BeginLoadAsync(cancellationToken).ConfigureAwait(false);
        await using (load.ConfigureAwait(false))
        {
            var import = new ImportPass(load);
            await foreach (var (number, line) in ExportReader.ReadAsync(input, cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    await import.TakeAsync(line, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e) when (e is JournalDamagedException or UnknownFormatException or FormatException
                    or ArgumentException)
                {
                    throw new ExportDamagedException(number, e.Message.TrimEnd('.'), e);
                }
            }

            await load.CommitAsync(cancellationToken).ConfigureAwait(false);
            return import.Total;
        }
    }
}

/// <summary>
/// One import: takes lines in order, refuses what is out of order, and hands them to the store in batches.
/// </summary>
internal sealed class ImportPass(IStoreLoad load)
{
    private const int BatchSize = 1_000;
    private const int EdgeBatchSize = 10_000;

    private readonly List<LoadedEntry> _entries = new(BatchSize);
    private readonly List<StreamIndexRow> _rows = new(BatchSize);
    private readonly List<LoadedCount> _counts = new(BatchSize);
    private readonly List<LoadedEdge> _edges = new(EdgeBatchSize);
    private readonly List<Checkpoint> _checkpoints = [];
    private ImportedStream? _stream;
    private FollowerTally? _followers;
    private TransferSummary _total;
    private long _lastPosition;
    private Section _section;

    private enum Section
    {
        Nothing,
        Entries,
        Followers,
        Checkpoints,
        End,
    }

    /// <summary>What was taken.</summary>
    public TransferSummary Total => _total;

    public async ValueTask TakeAsync(ExportLine line, CancellationToken cancellationToken)
    {
        switch (line)
        {
            case ExportLine.Header header:
                Require(_section == Section.Nothing, "a second header");
                Require(header.Format == ExportLine.Header.CurrentFormat,
                    $"the format {header.Format} is unknown to this program");
                _section = Section.Entries;
                break;
            case ExportLine.Entry entry:
                await EnterAsync(Section.Entries, cancellationToken).ConfigureAwait(false);
                await TakeAsync(entry.ToCommitted(), cancellationToken).ConfigureAwait(false);
                break;
            case ExportLine.Edges followers:
                await EnterAsync(Section.Followers, cancellationToken).ConfigureAwait(false);
                await TakeAsync(followers.ToPart(), cancellationToken).ConfigureAwait(false);
                break;
            case ExportLine.Signed signed:
                await EnterAsync(Section.Checkpoints, cancellationToken).ConfigureAwait(false);
                await TakeAsync(signed.Checkpoint.ToCheckpoint(), cancellationToken).ConfigureAwait(false);
                break;
            case ExportLine.End end:
                await EnterAsync(Section.End, cancellationToken).ConfigureAwait(false);
                Require(
                    new TransferSummary(end.Streams, end.Entries, end.Accounts, end.Followers, end.Checkpoints)
                        == _total, "it counts other lines than there are");
                break;
            default:
                throw new InvalidOperationException($"Unknown line {line.GetType().Name}.");
        }
    }

    /// <summary>Goes on to a section, closing those before.</summary>
    private async ValueTask EnterAsync(Section section, CancellationToken cancellationToken)
    {
        Require(_section != Section.Nothing, "there is no header before it");
        Require(section >= _section, "it stands too late in the file");
        if (section == _section)
        {
            return;
        }

        if (_section == Section.Entries)
        {
            CloseStream();
            Require(_lastPosition == _total.Entries, "positions are missing or doubled in the entries before");
            await FlushEntriesAsync(cancellationToken).ConfigureAwait(false);
        }

        _followers?.Close();
        _followers = null;
        await FlushFollowersAsync(cancellationToken).ConfigureAwait(false);
        await FlushCheckpointsAsync(cancellationToken).ConfigureAwait(false);
        _section = section;
    }

    private async ValueTask TakeAsync(CommittedEntry committed, CancellationToken cancellationToken)
    {
        if (_stream?.Id != committed.Entry.Stream)
        {
            CloseStream();
            Require(_stream is null || string.CompareOrdinal(_stream.Id.Value, committed.Entry.Stream.Value) < 0,
                "its stream is out of order");
            _stream = ImportedStream.Of(committed.Entry.Stream);
            _total = _total with { Streams = _total.Streams + 1 };
        }

        _entries.Add(new(committed.Position, new PendingEntry(committed.Entry, _stream.Fold(committed.Entry))
        {
            Mac = committed.Mac,
        }));
        _total = _total with { Entries = _total.Entries + 1 };
        _lastPosition = Math.Max(_lastPosition, committed.Position);
        if (_entries.Count >= BatchSize)
        {
            await FlushEntriesAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void CloseStream()
    {
        if (_stream is not null)
        {
            _rows.Add(_stream.Row);
        }
    }

    private async Task FlushEntriesAsync(CancellationToken cancellationToken)
    {
        await load.AddEntriesAsync(_entries, cancellationToken).ConfigureAwait(false);
        await load.AddIndexAsync(_rows, cancellationToken).ConfigureAwait(false);
        _entries.Clear();
        _rows.Clear();
    }

    private async ValueTask TakeAsync(FollowerPart part, CancellationToken cancellationToken)
    {
        if (_followers?.Account != part.Account)
        {
            _followers?.Close();
            Require(_followers is null || _followers.Account.Value < part.Account.Value, "its account is out of order");
            _followers = new FollowerTally(part);
            _counts.Add(new(part.Account, part.Count));
            _total = _total with { Accounts = _total.Accounts + 1 };
        }

        _followers!.Add(part);
        _total = _total with { Followers = _total.Followers + part.Followers.Length };
        foreach (var follower in part.Followers)
        {
            _edges.Add(new(part.Account, follower));
        }

        if (_edges.Count >= EdgeBatchSize || _counts.Count >= BatchSize)
        {
            await FlushFollowersAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task FlushFollowersAsync(CancellationToken cancellationToken)
    {
        await load.AddCountsAsync(_counts, cancellationToken).ConfigureAwait(false);
        await load.AddEdgesAsync(_edges, cancellationToken).ConfigureAwait(false);
        _counts.Clear();
        _edges.Clear();
    }

    private async ValueTask TakeAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        Require(checkpoint.Number == _total.Checkpoints + 1, "its number does not follow");
        _checkpoints.Add(checkpoint);
        _total = _total with { Checkpoints = _total.Checkpoints + 1 };
        if (_checkpoints.Count >= BatchSize)
        {
            await FlushCheckpointsAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task FlushCheckpointsAsync(CancellationToken cancellationToken)
    {
        await load.AddCheckpointsAsync(_checkpoints, cancellationToken).ConfigureAwait(false);
        _checkpoints.Clear();
    }

    private static void Require(bool holds, string why)
    {
        if (!holds)
        {
            throw new FormatException(why);
        }
    }
}
