using System.Diagnostics.Metrics;
using AccountGrid.Application;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// The ports of the application on one SQLite database, <c>accountgrid.db</c> in the data directory: one writer that commits what waits in one
/// transaction, and a few readers beside it. An answered write is on disk (write-ahead log, <c>synchronous=FULL</c>). Open it
/// once; every port is thread-safe from then on until <see cref="DisposeAsync"/>.
/// </summary>
public sealed partial class SqliteStore : IStore
{
    /// <summary>The name of the database in the data directory.</summary>
    public const string FileName = Database.FileName;

    private readonly TimeProvider _clock;
    private readonly IMeterFactory? _meters;
    private readonly ILogger _logger;
    private readonly string _path;
    private Parts? _parts;
    private bool _closed;

    /// <summary>Prepares a store; nothing is touched before <see cref="OpenAsync"/>.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public SqliteStore(SqliteStorageOptions options, TimeProvider clock, IMeterFactory? meters = null, ILogger<SqliteStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        options.Validate();
        (Options, _clock, _meters, _logger) = (options, clock, meters, logger ?? NullLogger<SqliteStore>.Instance);
        _path = Path.Combine(options.DataDirectory, Database.FileName);
        Journal = new SqliteJournal(this);
        Index = new SqliteStreamIndex(this);
        HarmLog = new SqliteHarmLog(this);
        Ledger = new SqliteFollowerLedger(this);
        FollowerAudit = new SqliteFollowerAudit(this);
        Feed = new SqliteJournalFeed(this);
        Audit = new SqliteAuditSource(this);
        Checkpoints = new SqliteCheckpointStore(this);
    }

    /// <summary>The settings.</summary>
    public SqliteStorageOptions Options { get; }

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

    internal Writer Writer => Open.Writer;

    internal ReaderPool Readers => Open.Readers;

    internal CommitSignal Signal => Open.Signal;

    private Parts Open => _parts ?? throw (_closed
        ? new StorageUnavailableException("The store is closed.", inner: null, isTransient: true, outcomeUnknown: false)
        : new InvalidOperationException("The store is not open yet."));

    /// <summary>
    /// Makes the directory if need be, takes its lock, checks and migrates the database. Costs the same whatever the size of the database, but for
    /// what a crash left in the write-ahead log.
    /// </summary>
    /// <exception cref="SqliteStorageRefusedException">The directory is in use, or its database is newer or foreign.</exception>
    /// <exception cref="StorageUnavailableException">It cannot be opened.</exception>
    public Task OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _parts is null && !_closed
            ? Task.Run(() => _parts = OpenParts(), CancellationToken.None)
            : throw new InvalidOperationException("A store is opened once.");
    }

    /// <inheritdoc />
    public Task<IStoreLoad> BeginLoadAsync(CancellationToken cancellationToken)
    {
        _ = Open;
        return SqliteStoreLoad.BeginAsync(_path, Options, cancellationToken);
    }

    /// <summary>Writes what waits, refuses what comes, and closes the database and its lock. Safe to call twice.</summary>
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

            // Readers first, so that the writer's connection is the last: the last one empties the write-ahead log.
            parts.Readers.Dispose();
            await parts.Writer.CloseAsync().ConfigureAwait(false);
        }
        finally
        {
            parts.Diagnostics.Dispose();
            parts.Lock.Dispose();
            LogClosed(_path);
        }
    }

    internal Database OpenReader()
    {
        _ = Open;
        return ReaderPool.Open(_path, Options);
    }

    private Parts OpenParts()
    {
        Directory.CreateDirectory(Options.DataDirectory);
        var held = DataDirectoryLock.Take(Options.DataDirectory);
        Database? database = null;
        ReaderPool? readers = null;
        StorageDiagnostics? diagnostics = null;
        try
        {
            database = DatabaseFile.OpenAndMigrate(_path, Options, step => LogMigrated(step.Version, step.Name));
            var signal = new CommitSignal(JournalHead.Read(database));
            var queue = new WriteQueue(Options);
            diagnostics = new StorageDiagnostics("sqlite", _meters, () => queue.Depth);
            readers = new ReaderPool(_path, Options, diagnostics);
            var writer = new Writer(database, _path, Options, queue, signal, _clock, diagnostics, _logger);
            LogOpened(_path, signal.Head);
            return new Parts(held, writer, readers, signal, diagnostics);
        }
        catch (Exception e)
        {
            readers?.Dispose();
            database?.Dispose();
            diagnostics?.Dispose();
            held.Dispose();
            if (e is SqliteException sqlite)
            {
                throw SqliteFailure.Translate($"Opening '{_path}'", sqlite);
            }

            throw;
        }
    }

    [LoggerMessage(4001, LogLevel.Information, "Opened {Path} at position {Position}.")]
    private partial void LogOpened(string path, long position);

    [LoggerMessage(4002, LogLevel.Information, "Closed {Path}.")]
    private partial void LogClosed(string path);

    [LoggerMessage(4003, LogLevel.Information, "Migrated the database to version {Version} ({Name}).")]
    private partial void LogMigrated(int version, string name);

    private sealed record Parts(DataDirectoryLock Lock, Writer Writer, ReaderPool Readers, CommitSignal Signal, StorageDiagnostics Diagnostics);
}
