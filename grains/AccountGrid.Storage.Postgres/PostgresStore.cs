using System.Diagnostics.Metrics;
using AccountGrid.Application;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// The ports of the application in one schema of a PostgreSQL database that any number of silos share: in each silo,
/// one connection that commits the appends that wait in one transaction, a few that do the same for follows, and a
/// bounded pool for reads. An answered write is on the server's disk (<c>synchronous_commit=on</c>). Opening connects,
/// checks and, if the settings say so, migrates the database; it throws <see cref="StorageRefusedException"/> where the
/// database is newer, foreign, older and not to be migrated, or not durable. Every port is thread-safe from then on
/// until the store is disposed of. A server that goes away and comes back fails the calls of that time and none after
/// it.
/// </summary>
public sealed partial class PostgresStore : Store
{
    /// <summary>Rows of follows in a transaction, unless a single batch has more.</summary>
    internal const int FollowRowsPerTransaction = 10_000;

    private readonly PostgresStorageOptions _options;
    private readonly TimeProvider _clock;
    private readonly IMeterFactory? _meters;
    private readonly ILogger _logger;

    /// <summary>Prepares a store; nothing is touched before it is opened.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public PostgresStore(
        PostgresStorageOptions options, TimeProvider clock, IMeterFactory? meters = null,
        ILogger<PostgresStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        options.RequireValid();
        (_options, _clock, _meters, _logger) = (options, clock, meters, logger ?? NullLogger<PostgresStore>.Instance);
        Connections = new Connections(options);
        Journal = new PostgresJournal(this);
        Index = new PostgresStreamIndex(this);
        HarmLog = new PostgresHarmLog(this);
        Ledger = new PostgresFollowerLedger(this);
        FollowerAudit = new PostgresFollowerAudit(this);
        Feed = new PostgresJournalFeed(this);
        Audit = new AuditSource(
            options, (closed, cancellation) => PostgresAuditView.OpenAsync(Connections, closed, cancellation));
        Checkpoints = new PostgresCheckpointStore(this);
        MacBoundaries = new PostgresMacBoundaryStore(this);
        Derived = new PostgresDerivedSource(this);
    }

    internal Connections Connections { get; }

    internal WriterGroup<AppendOperation, AppendResult> Appends => Opened.Appends;

    internal WriterGroup<FollowOperation, FollowResult> Follows => Opened.Follows;

    internal ReaderPool Readers => Opened.Readers;

    internal CommitSignal Signal => Opened.Signal;

    private PostgresParts Opened => (PostgresParts)Parts;

    /// <summary>
    /// Brings a database up to this program's version as its owner, and gives
    /// <see cref="PostgresStorageOptions.ServiceRole"/> its rights. Safe to repeat, and to run several times at once.
    /// </summary>
    /// <returns>The version that it has now.</returns>
    /// <exception cref="StorageRefusedException">The database is newer or foreign; it is untouched.</exception>
    /// <exception cref="StorageUnavailableException">It cannot be done; nothing was changed.</exception>
    public static async Task<int> MigrateAsync(PostgresStorageOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.RequireValid();
        var connections = new Connections(options);
        await TranslateAsync(connections, "Migrating", async () =>
        {
            await using var owner = await connections.OpenAsync("migration", cancellationToken).ConfigureAwait(false);
            return await Migrations.Of(options).ApplyAsync(owner, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return Migrations.Newest;
    }

    /// <inheritdoc />
    public override Task<IStoreLoad> BeginLoadAsync(CancellationToken cancellationToken)
    {
        _ = Opened;
        return PostgresStoreLoad.BeginAsync(Connections, cancellationToken);
    }

    /// <inheritdoc />
    protected override Task<StoreParts> OpenPartsAsync(CancellationToken cancellationToken) =>
        TranslateAsync<StoreParts>(
            Connections, "Opening", async () => await OpenDatabaseAsync(cancellationToken).ConfigureAwait(false));

    /// <inheritdoc />
    protected override void LogClosed() => LogClosed(Connections.Name);

    private async Task<PostgresParts> OpenDatabaseAsync(CancellationToken cancellationToken)
    {
        await EnsureSchemaAsync(cancellationToken).ConfigureAwait(false);

        // A server whose commits are not durable is refused here, and not at the first command.
        await (await Connections.OpenWriterAsync(cancellationToken).ConfigureAwait(false)).DisposeAsync()
            .ConfigureAwait(false);
        var appends = new WriteQueue<AppendOperation>(
            _options.WriterQueueDepth, int.MaxValue, _options.MaxBatch, int.MaxValue);
        var follows = new WriteQueue<FollowOperation>(
            _options.WriterQueueDepth, _options.FollowQueueChanges, FollowRowsPerTransaction, FollowRowsPerTransaction);
        var diagnostics = new StorageDiagnostics("postgresql", _meters, () => (appends.Depth, follows.Depth));
        var readers = new ReaderPool(Connections, _options, diagnostics);
        try
        {
            var head = (await readers.ReadAsync(PostgresJournalFeed.Head, cancellationToken).ConfigureAwait(false))[0];
            var signal = new CommitSignal(head);
            LogOpened(Connections.Name, head);
            return new PostgresParts(
                GroupOf<AppendOperation, AppendResult>(
                    StoreQueue.Commands, appends, static () => new AppendStatement(), 1),
                GroupOf<FollowOperation, FollowResult>(
                    StoreQueue.Follows, follows, static () => new FollowStatement(), _options.FollowWriters),
                readers,
                new CommitListener(Connections, _options, signal, _clock, _logger),
                signal,
                diagnostics);

            WriterGroup<T, TResult> GroupOf<T, TResult>(
                StoreQueue name, WriteQueue<T> queue, Func<IBatchStatement<T>> statement, int writers)
                where T : WriteOperation<TResult>, IKeyedWrite => new(
                    name,
                    queue,
                    [.. Enumerable.Range(0, writers).Select(_ =>
                        new Writer<T>(queue, Connections, statement, signal, _options.LockTimeout, _clock, diagnostics,
                            _logger))],
                    _options.RetryAfter,
                    diagnostics);
        }
        catch
        {
            await readers.DisposeAsync().ConfigureAwait(false);
            diagnostics.Dispose();
            throw;
        }
    }

    private async Task EnsureSchemaAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Connections.OpenAsync("migration", cancellationToken).ConfigureAwait(false);
        var steps = await Migrations.Of(_options).EnsureAsync(connection, cancellationToken).ConfigureAwait(false);
        foreach (var step in steps)
        {
            LogMigrated(step.Version, step.Name);
        }
    }

    private static async Task<T> TranslateAsync<T>(Connections connections, string what, Func<Task<T>> act)
    {
        try
        {
            return await act().ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFailure.IsOurs(e) && e is not StorageRefusedException)
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

    private sealed class PostgresParts(
        WriterGroup<AppendOperation, AppendResult> appends, WriterGroup<FollowOperation, FollowResult> follows,
        ReaderPool readers, CommitListener listener, CommitSignal signal, StorageDiagnostics diagnostics)
        : StoreParts(signal, diagnostics)
    {
        public WriterGroup<AppendOperation, AppendResult> Appends => appends;

        public WriterGroup<FollowOperation, FollowResult> Follows => follows;

        public ReaderPool Readers => readers;

        protected override async Task CloseAsync()
        {
            await Task.WhenAll(appends.CloseAsync(), follows.CloseAsync()).ConfigureAwait(false);
            await listener.DisposeAsync().ConfigureAwait(false);
            await readers.DisposeAsync().ConfigureAwait(false);
        }
    }
}
