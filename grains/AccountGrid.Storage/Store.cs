using AccountGrid.Application;

namespace AccountGrid.Storage;

/// <summary>
/// A store's life: it is opened once, serves through its ports, and is closed when it is disposed of, which writes what
/// waits and refuses new calls. A store that could not be opened may be opened again. The ports are set by the derived
/// constructor.
/// </summary>
public abstract class Store : IStore
{
    private StoreParts? _parts;
    private bool _opened;
    private volatile bool _closed;

    /// <inheritdoc />
    public IJournal Journal { get; protected init; } = null!;

    /// <inheritdoc />
    public IStreamIndex Index { get; protected init; } = null!;

    /// <inheritdoc />
    public IHarmLog HarmLog { get; protected init; } = null!;

    /// <inheritdoc />
    public IFollowerLedger Ledger { get; protected init; } = null!;

    /// <inheritdoc />
    public IFollowerAudit FollowerAudit { get; protected init; } = null!;

    /// <inheritdoc />
    public IJournalFeed Feed { get; protected init; } = null!;

    /// <inheritdoc />
    public IAuditSource Audit { get; protected init; } = null!;

    /// <inheritdoc />
    public ICheckpointStore Checkpoints { get; protected init; } = null!;

    /// <inheritdoc />
    public WriteTrouble? Trouble => _parts?.Trouble;

    /// <inheritdoc />
    public IMacBoundaryStore MacBoundaries { get; protected init; } = null!;

    /// <inheritdoc />
    public IDerivedSource Derived { get; protected init; } = null!;

    /// <summary>What the store has while it is open.</summary>
    /// <exception cref="StorageUnavailableException">The store is closed.</exception>
    /// <exception cref="InvalidOperationException">The store is not open yet.</exception>
    protected StoreParts Parts =>
        _parts ?? throw (_closed ? StoreClosed.Closed() : new InvalidOperationException("The store is not open yet."));

    /// <inheritdoc />
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_opened || _closed)
        {
            throw new InvalidOperationException("A store is opened once.");
        }

        _opened = true;
        try
        {
            _parts = await OpenPartsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // A server that is not there yet may be there at the next try.
            _opened = false;
            throw;
        }
    }

    /// <inheritdoc />
    public abstract Task<IStoreLoad> BeginLoadAsync(CancellationToken cancellationToken);

    /// <summary>Writes what waits, refuses new calls, and closes the database. Safe to call twice.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        if (Interlocked.Exchange(ref _parts, null) is { } parts)
        {
            try
            {
                await parts.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                LogClosed();
            }
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the database and begins to write; leaves nothing open if it fails.</summary>
    protected abstract Task<StoreParts> OpenPartsAsync(CancellationToken cancellationToken);

    /// <summary>Logs that the store was closed.</summary>
    protected abstract void LogClosed();
}
