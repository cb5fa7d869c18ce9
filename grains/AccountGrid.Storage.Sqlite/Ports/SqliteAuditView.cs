using System.Runtime.CompilerServices;
using AccountGrid.Application;

namespace AccountGrid.Storage.Sqlite;

/// <summary>A connection in a read transaction.</summary>
internal sealed class SqliteAuditView(Database database, Action closed) : IAuditView
{
    /// <summary>Rows fetched per visit to the thread pool.</summary>
    private const int ChunkRows = 256;

    // INDEXED BY: a sort of the whole journal would be the wrong plan, and this makes it an error instead.
    private const string ByStream =
        $"SELECT {JournalRow.Columns} FROM journal INDEXED BY sqlite_autoindex_journal_1 ORDER BY stream, sequence";
    private const string ByPosition = $"SELECT {JournalRow.Columns} FROM journal ORDER BY position";

    // Accounts as text, because streams sort as text: 10 before 2. Every "a/" is before every "op/".
    private const string AccountHeads =
        "SELECT 'a/' || account, version FROM account_index ORDER BY CAST(account AS TEXT)";
    private const string OperatorHeads = "SELECT 'op/' || operator, version FROM operator_index ORDER BY operator";
    private const string Checkpoints = $"SELECT {SqliteCheckpointStore.Columns} FROM checkpoint ORDER BY number";

    // Both in the order of their keys, so that neither is sorted. An edge without a count, which only tampering can
    // leave, is not there.
    private const string FollowerRows =
        "SELECT c.account, c.count, c.version, c.at, f.follower FROM follower_count c LEFT JOIN follower f ON f.account = c.account ORDER BY c.account, f.follower";

    private bool _disposed;

    /// <summary>Opens a view. The first read takes the snapshot, so that happens here.</summary>
    public static Task<IAuditView> OpenAsync(
        Func<Database> openReader, Action closed, CancellationToken cancellationToken) => Task.Run<IAuditView>(
        () =>
        {
            var database = openReader();
            try
            {
                ReaderPool.Interruptibly(
                    "Opening an audit view",
                    database,
                    static d =>
                    {
                        d.Execute("BEGIN");
                        return JournalHead.Read(d);
                    },
                    cancellationToken);
                return new SqliteAuditView(database, closed);
            }
            catch
            {
                database.Dispose();
                throw;
            }
        },
        CancellationToken.None);

    public IAsyncEnumerable<CommittedEntry> ReadByStreamAsync(CancellationToken cancellationToken) =>
        ReadAsync(ByStream, JournalRow.Read, cancellationToken);

    public IAsyncEnumerable<CommittedEntry> ReadByPositionAsync(CancellationToken cancellationToken) =>
        ReadAsync(ByPosition, JournalRow.Read, cancellationToken);

    public IAsyncEnumerable<StreamHead> ReadHeadsAsync(CancellationToken cancellationToken) =>
        ReadAsync(AccountHeads, HeadOf, cancellationToken).Concat(ReadAsync(OperatorHeads, HeadOf, cancellationToken));

    public IAsyncEnumerable<Checkpoint> ReadCheckpointsAsync(CancellationToken cancellationToken) =>
        ReadAsync(Checkpoints, SqliteCheckpointStore.Read, cancellationToken);

    public IAsyncEnumerable<FollowerPart> ReadFollowersAsync(CancellationToken cancellationToken) =>
        FollowerParts.Of(ReadAsync(FollowerRows, FollowerOf, cancellationToken), cancellationToken);

    public ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            database.Dispose();
            closed();
        }

        return ValueTask.CompletedTask;
    }

    private static StreamHead HeadOf(Statement row) => StoredValues.Head(row.Text(0), row.Int64(1));

    private static FollowerRow FollowerOf(Statement row) =>
        new(row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3), row.IsNull(4) ? null : row.Int64(4));

    private async IAsyncEnumerable<T> ReadAsync<T>(
        string sql, Func<Statement, T> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var statement = database.Use(sql);
        while (true)
        {
            var chunk = await Task.Run(() => NextChunk(statement, read, cancellationToken), CancellationToken.None)
                .ConfigureAwait(false);
            foreach (var item in chunk)
            {
                yield return item;
            }

            if (chunk.Count < ChunkRows)
            {
                yield break;
            }
        }
    }

    private List<T> NextChunk<T>(Statement statement, Func<Statement, T> read, CancellationToken cancellationToken) =>
        ReaderPool.Interruptibly(
        "Reading for an audit",
        database,
        _ =>
        {
            var chunk = new List<T>(ChunkRows);
            while (chunk.Count < ChunkRows && statement.Step())
            {
                chunk.Add(read(statement));
            }

            return chunk;
        },
        cancellationToken);
}
