using System.Collections.Immutable;
using System.Globalization;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>
/// The boundaries from which on every entry needs a MAC: learnt from the store and from a file outside it, checked by
/// signature, and made once for each key. What was learnt once is not unlearnt: it stands in the file, and while the
/// process runs in memory. Thread-safe.
/// </summary>
/// <param name="store">Where all silos find them.</param>
/// <param name="file">Where a writer to the store cannot remove them.</param>
/// <param name="macs">Is told.</param>
/// <param name="keys">The checkpoint keys whose signatures are trusted.</param>
/// <param name="signer">Signs the boundary of the current key.</param>
/// <param name="clock">The time.</param>
/// <param name="log">Where a boundary is named.</param>
public sealed partial class MacBoundaries(
    IMacBoundaryStore store, MacBoundaryFile file, JournalMacs macs, CheckpointKeys keys, ICheckpointSigner signer,
    TimeProvider clock, ILogger<MacBoundaries> log) : IDisposable
{
    /// <summary>The least time between two looks into the store while no boundary is known.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private long? _readAt;

    /// <summary>The keys, and what is known of the boundaries.</summary>
    public JournalMacs Macs => macs;

    /// <summary>Learns what there is.</summary>
    /// <exception cref="InvalidDataException">
    /// The store's entries carry MACs under a key that this silo does not know, or the file holds what is no boundary.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var stored = await LearnAsync(cancellationToken).ConfigureAwait(false);
        if (!stored.Any(IsGood) && stored.FirstOrDefault(b => !keys.Knows(b.KeyId)) is { } foreign)
        {
            throw new InvalidDataException(
                $"The entries of this database carry MACs under the key {foreign.KeyId}, which this silo does not "
                + "have. Give it the cluster's checkpoint-key.pem. If that key is lost, name its public part in "
                + "Checkpoints:EarlierKeys.");
        }
    }

    /// <summary>
    /// Looks again, unless the current key's boundary is known, or the last look is no longer ago than
    /// <see cref="RefreshInterval"/>.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    public ValueTask RefreshAsync(CancellationToken cancellationToken) =>
        macs.HasOwnBoundary || (_readAt is { } at && clock.GetElapsedTime(at) < RefreshInterval)
            ? ValueTask.CompletedTask
            : new(LearnAsync(cancellationToken));

    /// <summary>
    /// Makes the current key's boundary behind a position that a checkpoint covers, if there is none yet. The caller
    /// knows that every silo writes MACs.
    /// </summary>
    /// <param name="covered">The position; 0 where nothing was ever appended.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>Whether there is one now. Where an entry behind the position has no MAC there is none.</returns>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    public async Task<bool> MakeAsync(long covered, CancellationToken cancellationToken)
    {
        await LearnAsync(cancellationToken).ConfigureAwait(false);
        if (macs.HasOwnBoundary)
        {
            return true;
        }

        var boundary = new MacBoundary(covered, Microseconds.Truncate(clock.GetUtcNow()), signer.KeyId, default);
        var signature = await signer.SignAsync(boundary.Bytes(), cancellationToken).ConfigureAwait(false);
        boundary = boundary with { Signature = signature };
        if (IsGood(boundary) && await store.AddAsync(boundary, cancellationToken).ConfigureAwait(false))
        {
            Made(log, covered);
        }

        await LearnAsync(cancellationToken).ConfigureAwait(false);
        return macs.HasOwnBoundary;
    }

    /// <summary>
    /// Writes the boundaries known outside into a store that an import has just filled: an export holds none.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        foreach (var boundary in file.Read().Where(IsGood))
        {
            await store.AddAsync(boundary, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What is wrong with the boundaries of the store, compared with those outside.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    public async Task<ImmutableArray<AuditProblem>> VerifyAsync(CancellationToken cancellationToken)
    {
        var stored = await LearnAsync(cancellationToken).ConfigureAwait(false);
        var bad = stored.Where(b => !IsGood(b)).Select(static b => Problem(b, "has no good signature"));
        var lost = file.Read().Where(b => IsGood(b) && !stored.Any(s => AreSame(s, b)))
            .Select(static b => Problem(b, "is known outside, but not in the store"));
        return [.. bad, .. lost];
    }

    /// <inheritdoc />
    public void Dispose() => _oneAtATime.Dispose();

    private static AuditProblem Problem(MacBoundary boundary, string what) => new(
        AuditProblemKind.MacBoundaryBroken,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The boundary of MACs at position {boundary.Position}, by key {boundary.KeyId}, {what}."),
        Position: boundary.Position);

    private static bool AreSame(MacBoundary one, MacBoundary other) =>
        one.Position == other.Position && one.KeyId == other.KeyId;

    private bool IsGood(MacBoundary boundary) =>
        keys.Check(boundary.KeyId, boundary.Bytes(), boundary.Signature.Span) == SignatureCheck.Valid;

    /// <summary>Reads both places, tells the MACs, and writes down outside what only the store had.</summary>
    private async Task<ImmutableArray<MacBoundary>> LearnAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var outside = file.Read();
            var stored = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
            var news = stored.Where(s => IsGood(s) && !outside.Any(o => AreSame(o, s))).ToArray();
            foreach (var boundary in outside.Where(IsGood).Concat(news))
            {
                macs.Adopt(boundary);
            }

            if (news.Length > 0)
            {
                file.Write(outside.Concat(news));
            }

            _readAt = clock.GetTimestamp();
            return stored;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    [LoggerMessage(1201, LogLevel.Information,
        "From now on every entry behind position {Position} needs a MAC: one without is not believed.")]
    private static partial void Made(ILogger log, long position);
}
