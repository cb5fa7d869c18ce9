using System.Diagnostics.Metrics;
using AccountGrid.Application;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// The ports of the application in one schema of a PostgreSQL database that any number of silos share: in each, one connection that commits the appends that wait
/// in one transaction, a few that do the same for follows, and a bounded pool for reads. An answered write is on the server's disk
/// (<c>synchronous_commit=on</c>). Open it once; every port is thread-safe from then on until <see cref="DisposeAsync"/>. A server that goes away
/// and comes back fails what is called meanwhile and nothing after that.
/// </summary>
public sealed partial class PostgresStore : IStore
{
    /// <summary>Rows of follows in a transaction, unless a single batch has more.</summary>
    internal const int FollowRowsPerTransaction = 10_000;

    private readonly TimeProvider _clock;
    private readonly IMeterFactory? _meters;
    private readonly ILogger _logger;
    private Parts? _parts;
    private bool _opened;
    private bool _closed;

    /// <summary>Prepares a store; nothing is touched before <see cref="OpenAsync"/>.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public PostgresStore(PostgresStorageOptions options, TimeProvider clock, IMeterFactory? meters = null, ILogger<PostgresStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        options.Validate();
        (Options, _clock, _meters, _logger) = (options, clock, meters, logger ?? NullLogger<PostgresStore>.Instance);
        Connections = new Connections(options);
        Journal = new PostgresJournal(this);
        Index = new PostgresStreamIndex(this);
        HarmLog = new PostgresHarmLog(this);
        Ledger = new PostgresFollowerLedger(this);
        FollowerAudit = new PostgresFollowerAudit(this);
        Feed = new PostgresJournalFeed(this);
        Audit = new PostgresAuditSource(this);
        Checkpoints = new PostgresCheckpointStore(this);
    }

    /// <summary>The settings.</summary>
    public PostgresStorageOptions Options { get; }

    /// <inheritdoc />
    public IJournal Journal { get; }

    /// <inheritdoc />
    public IStreamIndex Index { get; }

    /// <inheritdoc />
    public IHarmLog HarmLog { get; }

    /// <inheritdoc />
    public IFollowerLedger Ledger { get; }

    /// <inheritdoc />
    public IFollowerAudit FollowerAudit { get; }

    /// <inheritdoc />
    public IJournalFeed Feed { get; }

    /// <inheritdoc />
    public IAuditSource Audit { get; }

    /// <inheritdoc />
    public ICheckpointStore Checkpoints { get; }

    internal Connections Connections { get; }

    internal WriterGroup<AppendOperation, AppendResult> Appends => Open.Appends;

    internal WriterGroup<FollowOperation, FollowResult> Follows => Open.Follows;

    internal ReaderPool Readers => Open.Readers;

    internal CommitSignal Signal => Open.Signal;

    private Parts Open => _parts ?? throw (_closed
        ? new StorageUnavailableException("The store is closed.", inner: null, isTransient: true, outcomeUnknown: false)
        : new InvalidOperationException("The store is not open yet."));

    /// <summary>
    /// Brings a database up to this program's version as its owner, and gives <see cref="PostgresStorageOptions.ServiceRole"/> its rights. Safe to repeat, and at
    /// the same time as others do it.
    /// </summary>
    /// <returns>The version that it has now.</returns>
    /// <exception cref="PostgresStorageRefusedException">The database is newer or foreign; it is untouched.</exception>
    /// <exception cref="StorageUnavailableException">It cannot be done; nothing was changed.</exception>
    public static async Task<int> MigrateAsync(PostgresStorageOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var connections = new Connections(options);
        await TranslateAsync(connections, "Migrating", () => new Migrations(connections, options).ApplyAsync(cancellationToken)).ConfigureAwait(false);
        return Migrations.Newest;
    }

    /// <summary>Connects, checks and (if the settings say so) migrates the database.</summary>
    /// <exception cref="PostgresStorageRefusedException">The database is newer, foreign, older and not to be migrated, or not durable.</exception>
    /// <exception cref="StorageUnavailableException">It cannot be reached.</exception>
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
            _parts = await TranslateAsync(Connections, "Opening", () => OpenPartsAsync(cancellationToken)).ConfigureAwait(false);
        }
        catch
        {
            // A server that is not there yet may be there at the next try.
            _opened = false;
            throw;
        }
    }

    /// <inheritdoc />
    public Task<IStoreLoad> BeginLoadAsync(CancellationToken cancellationToken)
    {
        _ = Open;
        return PostgresStoreLoad.BeginAsync(Connections, cancellationToken);
    }

    /// <summary>Writes what waits, refuses what comes, and closes the connections. Safe to call twice.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        if (Interlocked.Exchange(ref _parts, null) is not { } parts)
        {
            return;
        }

        try
        {
            parts.Signal.Close();
            await Task.WhenAll(parts.Appends.CloseAsync(), parts.Follows.CloseAsync()).ConfigureAwait(false);
            await parts.Listener.DisposeAsync().ConfigureAwait(false);
            await parts.Readers.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            parts.Diagnostics.Dispose();
            LogClosed(Connections.Name);
        }
    }

    private async Task<Parts> OpenPartsAsync(CancellationToken cancellationToken)
    {
        foreach (var step in await new Migrations(Connections, Options).EnsureAsync(cancellationToken).ConfigureAwait(false))
        {
            LogMigrated(step.Version, step.Name);
        }

        // Fails here, and not at the first command, where the server does not keep what it answers.
        await (await Connections.OpenWriterAsync(cancellationToken).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        var appends = new WriteQueue<AppendOperation>(Options.WriterQueueDepth, int.MaxValue, Options.MaxBatch, int.MaxValue);
        var follows = new WriteQueue<FollowOperation>(Options.WriterQueueDepth, Options.FollowQueueChanges, FollowRowsPerTransaction, FollowRowsPerTransaction);
        var diagnostics = new StorageDiagnostics("postgresql", _meters, () => (appends.Depth, follows.Depth));
        var readers = new ReaderPool(Connections, Options, diagnostics);
        try
        {
            var head = (await readers.ReadAsync(PostgresJournalFeed.Head, cancellationToken).ConfigureAwait(false))[0];
            var signal = new CommitSignal(head);
            LogOpened(Connections.Name, head);
            return new Parts(
                GroupOf<AppendOperation, AppendResult>("commands", "The queue of commands", appends, static () => new AppendStatement(), 1),
                GroupOf<FollowOperation, FollowResult>("follows", "The queue of follow batches", follows, static () => new FollowStatement(), Options.FollowWriters),
                readers,
                new CommitListener(Connections, Options, signal, _clock, _logger),
                signal,
                diagnostics);

            WriterGroup<T, TResult> GroupOf<T, TResult>(string name, string title, WriteQueue<T> queue, Func<IBatchStatement<T>> statement, int writers)
                where T : WriteOperation<TResult> => new(
                    name,
                    title,
                    queue,
                    [.. Enumerable.Range(0, writers).Select(_ => new Writer<T>(queue, Connections, statement, signal, Options.LockTimeout, _clock, diagnostics, _logger))],
                    Options.RetryAfter,
                    diagnostics);
        }
        catch
        {
            await readers.DisposeAsync().ConfigureAwait(false);
            diagnostics.Dispose();
            throw;
        }
    }

    private static async Task<T> TranslateAsync<T>(Connections connections, string what, Func<Task<T>> act)
    {
        try
        {
            return await act().ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFailure.IsOurs(e) && e is not PostgresStorageRefusedException)
        {
            throw PostgresFailure.Translate($"{what} {connections.Name}", e);
        }
    }

    [LoggerMessage(4201, LogLevel.Information, "Opened {Database} at position {Position}.")]
    private partial void LogOpened(string database, long position);

    [LoggerMessage(4202, LogLevel.Information, "Closed {Database}.")]
    private partial void LogClosed(string database);

    [LoggerMessage(4203, LogLevel.Information, "Migrated the database to version {Version} ({Name}).")]
    private partial void LogMigrated(int version, string name);

    private sealed record Parts(
        WriterGroup<AppendOperation, AppendResult> Appends, WriterGroup<FollowOperation, FollowResult> Follows, ReaderPool Readers, CommitListener Listener, CommitSignal Signal, StorageDiagnostics Diagnostics);
}
