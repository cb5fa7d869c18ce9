using System.Diagnostics.Metrics;
using AccountGrid.Application;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// The ports of the application on one SQLite database, <c>accountgrid.db</c> in the data directory: one writer that
/// commits everything that waits in one transaction, and a few readers beside it. An answered write is on disk
/// (write-ahead log, <c>synchronous=FULL</c>). Opening makes the directory if need be, takes its lock, and checks and
/// migrates the database; the time does not depend on the size of the database, only on what a crash left in the
/// write-ahead log. Opening throws <see cref="StorageRefusedException"/> where the directory is in use or its database
/// newer or foreign. Every port is thread-safe from then on until the store is disposed of.
/// </summary>
public sealed partial class SqliteStore : Store
{
    /// <summary>The name of the database in the data directory.</summary>
    public const string FileName = Database.FileName;

    private readonly SqliteStorageOptions _options;
    private readonly TimeProvider _clock;
    private readonly IMeterFactory? _meters;
    private readonly ILogger _logger;
    private readonly string _path;

    /// <summary>Prepares a store; nothing is touched before it is opened.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public SqliteStore(
        SqliteStorageOptions options, TimeProvider clock, IMeterFactory? meters = null,
        ILogger<SqliteStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        options.RequireValid();
        (_options, _clock, _meters, _logger) = (options, clock, meters, logger ?? NullLogger<SqliteStore>.Instance);
        _path = Path.Combine(options.DataDirectory, Database.FileName);
        Journal = new SqliteJournal(this);
        Index = new SqliteStreamIndex(this);
        HarmLog = new SqliteHarmLog(this);
        Ledger = new SqliteFollowerLedger(this);
        FollowerAudit = new SqliteFollowerAudit(this);
        Feed = new SqliteJournalFeed(this);
        Audit = new AuditSource(
            options, (closed, cancellation) => SqliteAuditView.OpenAsync(OpenReader, closed, cancellation));
        Checkpoints = new SqliteCheckpointStore(this);
        MacBoundaries = new SqliteMacBoundaryStore(this);
        Derived = new SqliteDerivedSource(this);
    }

    internal Writer Writer => Opened.Writer;

    internal ReaderPool Readers => Opened.Readers;

    internal CommitSignal Signal => Opened.Signal;

    private SqliteParts Opened => (SqliteParts)Parts;

    /// <inheritdoc />
    public override Task<IStoreLoad> BeginLoadAsync(CancellationToken cancellationToken)
    {
        _ = Opened;
        return SqliteStoreLoad.BeginAsync(_path, _options, cancellationToken);
    }

    /// <inheritdoc />
    protected override Task<StoreParts> OpenPartsAsync(CancellationToken cancellationToken) =>
        Task.Run<StoreParts>(OpenDatabase, CancellationToken.None);

    /// <inheritdoc />
    protected override void LogClosed() => LogClosed(_path);

    private Database OpenReader()
    {
        _ = Opened;
        return ReaderPool.Open(_path, _options);
    }

    private SqliteParts OpenDatabase()
    {
        OwnerOnly.MakeDirectory(_options.DataDirectory);
        var held = DataDirectoryLock.Take(_options.DataDirectory);
        Database? database = null;
        ReaderPool? readers = null;
        StorageDiagnostics? diagnostics = null;
        try
        {
            database = DatabaseFile.OpenAndMigrate(_path, _options, step => LogMigrated(step.Version, step.Name));
            var signal = new CommitSignal(JournalHead.Read(database));
            var queue = new WriteQueue(_options);
            diagnostics = new StorageDiagnostics("sqlite", _meters, () => queue.Depth);
            readers = new ReaderPool(_path, _options, diagnostics);
            var writer = new Writer(database, _path, _options, queue, signal, _clock, diagnostics, _logger);
            LogOpened(_path, signal.Head);
            if (OwnerOnly.IsOpenToOthers(_path))
            {
                LogOpenToOthers(_path);
            }

            return new SqliteParts(held, writer, readers, signal, diagnostics);
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

    [LoggerMessage(4004, LogLevel.Warning,
        "{Path} may be read by other users of this machine. Its mode is left as it is: set 0600 for it and for the "
        + "other databases beside it, or 0700 for the directory.")]
    private partial void LogOpenToOthers(string path);

    private sealed class SqliteParts(
        DataDirectoryLock held, Writer writer, ReaderPool readers, CommitSignal signal, StorageDiagnostics diagnostics)
        : StoreParts(signal, diagnostics)
    {
        public Writer Writer => writer;

        public ReaderPool Readers => readers;

        protected override async Task CloseAsync()
        {
            try
            {
                // Readers first: the last connection to close empties the write-ahead log, and only the writer's can.
                readers.Dispose();
                await writer.CloseAsync().ConfigureAwait(false);
            }
            finally
            {
                held.Dispose();
            }
        }
    }
}
