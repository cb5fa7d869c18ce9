namespace AccountGrid.Application;

/// <summary>
/// Every port of the application on one database. Opened once; every port is thread-safe from then on until it is
/// disposed of, which writes what waits and refuses what comes, and is safe to do twice.
/// </summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>The journals.</summary>
    IJournal Journal { get; }

    /// <summary>The index over all streams.</summary>
    IStreamIndex Index { get; }

    /// <summary>The harms by person.</summary>
    IHarmLog HarmLog { get; }

    /// <summary>The follow edges and counts.</summary>
    IFollowerLedger Ledger { get; }

    /// <summary>Counts and edges side by side.</summary>
    IFollowerAudit FollowerAudit { get; }

    /// <summary>All journals in commit order.</summary>
    IJournalFeed Feed { get; }

    /// <summary>Consistent views of everything.</summary>
    IAuditSource Audit { get; }

    /// <summary>The checkpoints.</summary>
    ICheckpointStore Checkpoints { get; }

    /// <summary>The boundaries of MACs.</summary>
    IMacBoundaryStore MacBoundaries { get; }

    /// <summary>What stands beside the journals, for a comparison with them.</summary>
    IDerivedSource Derived { get; }

    /// <summary>
    /// Why writes fail, while the last one failed for want of space or by the disk; <c>null</c> otherwise.
    /// </summary>
    WriteTrouble? Trouble => null;

    /// <summary>
    /// Opens the database; checks and perhaps migrates it first. A store that refuses one leaves it as it is.
    /// </summary>
    /// <exception cref="StorageUnavailableException">It cannot be opened.</exception>
    /// <exception cref="InvalidOperationException">It was opened before.</exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Begins to fill the store, which must be open, empty and not in use.</summary>
    /// <exception cref="StoreNotEmptyException">It holds something.</exception>
    /// <exception cref="StorageUnavailableException">It cannot be written.</exception>
    Task<IStoreLoad> BeginLoadAsync(CancellationToken cancellationToken);
}
