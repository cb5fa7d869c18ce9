using System.Collections.Immutable;

namespace AccountGrid.Application;

/// <summary>
/// Goes through all entries in commit order and compares them with the signed roots of the checkpoint log outside: it
/// says where entries were removed or rewritten, and changes nothing. A round ends with the last checkpoint, or with
/// the first contradiction. Single-threaded.
/// </summary>
/// <param name="feed">The entries.</param>
/// <param name="outside">The log outside.</param>
/// <param name="keys">The checkpoint keys that are trusted.</param>
public sealed class RootWalk(IJournalFeed feed, ICheckpointLog outside, CheckpointKeys keys)
{
    /// <summary>Entries read at a time.</summary>
    public const int PageSize = DerivedWalk.PageSize;

    private AuditFindings _findings = new();
    private RootComparison _roots = new(new());
    private IAsyncEnumerator<Checkpoint>? _checkpoints;
    private Checkpoint? _next;

    /// <summary>Entries compared since the beginning.</summary>
    public long Entries { get; private set; }

    /// <summary>Compares the next page.</summary>
    /// <returns>What the round has found, and whether it is over; then the next call begins another one.</returns>
    /// <exception cref="StorageUnavailableException">The store failed; the next call goes on behind it.</exception>
    /// <exception cref="IOException">The log outside failed; the next call begins again.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be read; likewise.</exception>
    public async Task<(ImmutableArray<AuditProblem> Problems, bool IsLast)> StepAsync(
        CancellationToken cancellationToken)
    {
        try
        {
            if (_checkpoints is null)
            {
                await BeginAsync().ConfigureAwait(false);
            }

            if (_next is not null && _roots.IsComparable)
            {
                await ComparePageAsync(_next, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (JournalDamagedException e)
        {
            _roots.Unreadable(e);
        }
        catch (CheckpointLogDamagedException e)
        {
            _findings.OutsideDamaged(e);
            _next = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What was read of the log cannot be gone on with.
            await EndAsync().ConfigureAwait(false);
            throw;
        }

        var isLast = _next is null || !_roots.IsComparable;
        if (isLast)
        {
            await EndAsync().ConfigureAwait(false);
        }

        return (_findings.ToResult().Problems, isLast);
    }

    /// <summary>Closes the log outside; the next step begins with the first entry.</summary>
    public async Task EndAsync()
    {
        if (_checkpoints is { } open)
        {
            (_checkpoints, _next) = (null, null);
            await open.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task BeginAsync()
    {
        _findings = new();
        _roots = new(_findings);
        _checkpoints = outside.ReadAllAsync(CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
        await MoveNextAsync().ConfigureAwait(false);
    }

    private async Task ComparePageAsync(Checkpoint next, CancellationToken cancellationToken)
    {
        var page = await feed.ReadAfterAsync(_roots.Size, PageSize, cancellationToken).ConfigureAwait(false);
        foreach (var committed in page)
        {
            Entries++;
            _roots.Append(committed);
            while (_next?.Position <= _roots.Size)
            {
                _roots.Compare(_next);
                await MoveNextAsync().ConfigureAwait(false);
            }

            if (_next is null || !_roots.IsComparable)
            {
                return;
            }
        }

        if (page.IsEmpty)
        {
            _roots.CutTail(next);
        }
    }

    /// <summary>
    /// Goes on to the next checkpoint. Where its signature or its place is wrong, the log outside is no measure behind
    /// it.
    /// </summary>
    private async Task MoveNextAsync()
    {
        var before = _next;
        _next = await _checkpoints!.MoveNextAsync().ConfigureAwait(false) ? _checkpoints.Current : null;
        if (_next is not { } checkpoint)
        {
            return;
        }

        var (kind, wrong) = keys.Check(checkpoint) switch
        {
            SignatureCheck.UnknownKey => (AuditProblemKind.UnknownKey, "is signed by a key that is not trusted"),
            SignatureCheck.Invalid => (AuditProblemKind.BadSignature, "has a wrong signature"),
            _ when !CheckpointTrail.Follows(checkpoint, before) =>
                (AuditProblemKind.CheckpointBroken, "does not follow the one before it"),
            _ => (default, null),
        };
        if (wrong is not null)
        {
            _findings.Add(new(
                kind, $"Checkpoint {checkpoint.Number} in the log outside {wrong}.", Checkpoint: checkpoint.Number));
            _next = null;
        }
    }
}
