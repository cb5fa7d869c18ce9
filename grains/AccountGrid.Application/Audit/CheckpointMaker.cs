using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Makes signed checkpoints at the cost of what was appended since the last one. Writes the log outside first and the
/// store second, so that the store never knows a checkpoint that the log does not; whichever of the two lacks what the
/// other has is brought up to date first, after checking signature, chain and Merkle root. Thread-safe: rounds of one
/// instance wait for each other; of several instances, the log and the store let one win. An entry that no silo wrote,
/// as its MAC shows, is not signed.
/// </summary>
public sealed class CheckpointMaker(
    IJournalFeed feed, ICheckpointStore store, ICheckpointLog outside, ICheckpointSigner signer, CheckpointKeys keys,
    TimeProvider clock, MacBoundaries? macs = null) : IDisposable
{
    /// <summary>Most entries and checkpoints in memory at once.</summary>
    public const int PageSize = 1000;

    private readonly SemaphoreSlim _oneRound = new(1, 1);

    /// <summary>Brings both places up to date and signs what was appended since.</summary>
    /// <exception cref="CheckpointRefusedException">What is there contradicts what was signed.</exception>
    /// <exception cref="CheckpointLogDamagedException">The log outside cannot be read.</exception>
    /// <exception cref="StorageUnavailableException">
    /// The store failed; the next round goes on from wherever this one came to.
    /// </exception>
    public async Task<CheckpointRound> MakeAsync(CancellationToken cancellationToken)
    {
        await _oneRound.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await RunRoundAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _oneRound.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _oneRound.Dispose();

    private async Task<CheckpointRound> RunRoundAsync(CancellationToken cancellationToken)
    {
        var stored = await store.ReadLastAsync(cancellationToken).ConfigureAwait(false);
        var last = stored?.Checkpoint;
        var frontier = stored is null
            ? new MerkleFrontier()
            : await ResumeAsync(stored, cancellationToken).ConfigureAwait(false);
        var outsideLast = await outside.ReadLastAsync(cancellationToken).ConfigureAwait(false);
        var (putBackOutside, overtaken) = await CatchUpOutsideAsync(last, outsideLast, cancellationToken)
            .ConfigureAwait(false);
        var putBackInStore = 0;
        if (!overtaken && outsideLast is not null && outsideLast.Number > (last?.Number ?? 0))
        {
            (last, putBackInStore, overtaken) = await CatchUpStoreAsync(last, frontier, cancellationToken)
                .ConfigureAwait(false);
        }

        var made = overtaken ? null : await MakeNextAsync(last, frontier, cancellationToken).ConfigureAwait(false);
        return new(made, putBackInStore, putBackOutside);
    }

    private async Task<Checkpoint?> MakeNextAsync(
        Checkpoint? last, MerkleFrontier frontier, CancellationToken cancellationToken)
    {
        var head = await feed.ReadHeadAsync(cancellationToken).ConfigureAwait(false);
        if (head < frontier.Size)
        {
            throw new CheckpointRefusedException(
                $"the journals end at position {head}, but checkpoint {last?.Number} covers {frontier.Size}");
        }

        if (head == frontier.Size)
        {
            return null;
        }

        if (macs is not null)
        {
            await macs.RefreshAsync(cancellationToken).ConfigureAwait(false);
        }

        await ExtendAsync(frontier, head, cancellationToken).ConfigureAwait(false);
        var previous = last is null ? [] : CheckpointCanonical.Hash(last);
        var next = new Checkpoint(
            (last?.Number ?? 0) + 1, head, frontier.ComputeRoot(), previous, Microseconds.Truncate(clock.GetUtcNow()),
            signer.KeyId, default);
        var signature =
            await signer.SignAsync(CheckpointCanonical.Bytes(next), cancellationToken).ConfigureAwait(false);
        next = next with { Signature = signature };
        RequireSigned(next);
        return await outside.AppendAsync(next, cancellationToken).ConfigureAwait(false) == AppendResult.Appended
            && await AppendAsync(next, frontier, cancellationToken).ConfigureAwait(false) == AppendResult.Appended
            ? next
            : null;
    }

    /// <summary>
    /// The stored frontier where it gives the signed root; otherwise one that is computed anew from the first entry on.
    /// </summary>
    private async Task<MerkleFrontier> ResumeAsync(StoredCheckpoint stored, CancellationToken cancellationToken)
    {
        var checkpoint = stored.Checkpoint;
        RequireSigned(checkpoint);
        if (MerkleFrontier.TryDeserialize(stored.Frontier.Span, out var frontier)
            && frontier.Size == checkpoint.Position && checkpoint.Root.Span.SequenceEqual(frontier.ComputeRoot()))
        {
            return frontier;
        }

        var recomputed = new MerkleFrontier();
        await ExtendAsync(recomputed, checkpoint.Position, cancellationToken).ConfigureAwait(false);
        RequireRoot(checkpoint, recomputed);
        return recomputed;
    }

    /// <summary>
    /// Copies what the store has and the log outside lacks; checks where the two meet. Stops where another maker is at
    /// it.
    /// </summary>
    private async Task<(int Copied, bool Overtaken)> CatchUpOutsideAsync(
        Checkpoint? last, Checkpoint? outsideLast, CancellationToken cancellationToken)
    {
        var before = outsideLast;
        var copied = 0;
        for (var from = Math.Max(outsideLast?.Number ?? 0, 1); last is not null
            && from <= last.Number; from += PageSize)
        {
            var to = Math.Min(from + PageSize, last.Number + 1);
            var page = await store.ReadBeforeAsync(to, (int)(to - from), cancellationToken).ConfigureAwait(false);
            foreach (var checkpoint in page.Reverse())
            {
                if (checkpoint.Number == outsideLast?.Number)
                {
                    RequireSame(checkpoint, outsideLast);
                    continue;
                }

                RequireFollows(checkpoint, before);
                if (await outside.AppendAsync(checkpoint, cancellationToken).ConfigureAwait(false)
                    != AppendResult.Appended)
                {
                    return (copied, true);
                }

                before = checkpoint;
                copied++;
            }
        }

        return (copied, false);
    }

    /// <summary>
    /// Copies what the log outside has and the store lacks, once the entries give the same root. Stops where another
    /// maker is at it.
    /// </summary>
    private async Task<(Checkpoint? Last, int Copied, bool Overtaken)> CatchUpStoreAsync(
        Checkpoint? last, MerkleFrontier frontier, CancellationToken cancellationToken)
    {
        var copied = 0;
        await foreach (var checkpoint in outside.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (checkpoint.Number < (last?.Number ?? 0))
            {
                continue;
            }

            if (checkpoint.Number == last?.Number)
            {
                RequireSame(checkpoint, last);
                continue;
            }

            RequireFollows(checkpoint, last);
            await ExtendAsync(frontier, checkpoint.Position, cancellationToken).ConfigureAwait(false);
            RequireRoot(checkpoint, frontier);
            if (await AppendAsync(checkpoint, frontier, cancellationToken).ConfigureAwait(false)
                != AppendResult.Appended)
            {
                return (last, copied, true);
            }

            last = checkpoint;
            copied++;
        }

        return (last, copied, false);
    }

    private Task<AppendResult> AppendAsync(
        Checkpoint checkpoint, MerkleFrontier frontier, CancellationToken cancellationToken) =>
        store.AppendAsync(new(checkpoint, frontier.Serialize()), cancellationToken);

    private async Task ExtendAsync(MerkleFrontier frontier, long position, CancellationToken cancellationToken)
    {
        while (frontier.Size < position)
        {
            var max = (int)Math.Min(PageSize, position - frontier.Size);
            var page = await feed.ReadAfterAsync(frontier.Size, max, cancellationToken).ConfigureAwait(false);
            if (page.IsEmpty)
            {
                throw new CheckpointRefusedException(
                    $"the journals end at position {frontier.Size}, before {position}");
            }

            foreach (var committed in page)
            {
                if (committed.Position != frontier.Size + 1 || committed.Entry.Hash.Length != EntryHash.Length)
                {
                    throw new CheckpointRefusedException($"there is no whole entry at position {frontier.Size + 1}");
                }

                if (macs?.Macs.Doubt(committed) is { } doubt)
                {
                    throw new CheckpointRefusedException(doubt.TrimEnd('.'));
                }

                frontier.Append(committed.Entry.Hash.Span);
            }
        }
    }

    private void RequireFollows(Checkpoint checkpoint, Checkpoint? previous)
    {
        RequireSigned(checkpoint);
        if (!CheckpointTrail.Follows(checkpoint, previous))
        {
            throw new CheckpointRefusedException($"checkpoint {checkpoint.Number} does not follow the one before it");
        }
    }

    private void RequireSigned(Checkpoint checkpoint)
    {
        if (keys.Check(checkpoint) is var check and not SignatureCheck.Valid)
        {
            throw new CheckpointRefusedException(
                $"the signature of checkpoint {checkpoint.Number} is {(check == SignatureCheck.UnknownKey ? "by an unknown key" : "wrong")}");
        }
    }

    private static void RequireRoot(Checkpoint checkpoint, MerkleFrontier frontier)
    {
        if (!checkpoint.Root.Span.SequenceEqual(frontier.ComputeRoot()))
        {
            throw new CheckpointRefusedException(
                $"the entries up to position {checkpoint.Position} do not give the root of checkpoint {checkpoint.Number}");
        }
    }

    private static void RequireSame(Checkpoint stored, Checkpoint outside)
    {
        if (!CheckpointTrail.AreSame(stored, outside))
        {
            throw new CheckpointRefusedException(
                $"the store and the log outside differ about checkpoint {stored.Number}");
        }
    }
}
