using System.Data;
using System.Runtime.CompilerServices;
using AccountGrid.Application;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>A connection in a transaction that only reads, with a cursor for each sequence.</summary>
internal sealed class PostgresAuditView(NpgsqlConnection connection, Action closed) : IAuditView
{
    /// <summary>Rows fetched at a time: some 500 KB.</summary>
    private const int ChunkRows = 1_000;

    private const string ByStream = $"SELECT {JournalRow.Columns} FROM journal ORDER BY stream, sequence";
    private const string ByPosition = $"SELECT {JournalRow.Columns} FROM journal ORDER BY position";

    // Accounts as text, because streams sort as text: 10 before 2. Every "a/" is before every "op/".
    private const string AccountHeads =
        "SELECT 'a/' || account, version FROM account_index ORDER BY account::text COLLATE \"C\"";
    private const string OperatorHeads = "SELECT 'op/' || operator, version FROM operator_index ORDER BY operator";
    private const string Checkpoints = $"SELECT {PostgresCheckpointStore.Columns} FROM checkpoint ORDER BY number";

    // Both in the order of their keys, so that neither is sorted. An edge without a count, which only tampering can
    // leave, is not there.
    private const string FollowerRows =
        "SELECT c.account, c.count, c.version, c.at, f.follower FROM follower_count c LEFT JOIN follower f ON f.account = c.account ORDER BY c.account, f.follower";

    private int _cursors;
    private bool _disposed;

    /// <summary>Opens a view. The first statement takes the snapshot, so that happens here.</summary>
    public static async Task<IAuditView> OpenAsync(
        Connections connections, Action closed, CancellationToken cancellationToken)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = await connections.OpenAsync("audit", cancellationToken).ConfigureAwait(false);
            await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken)
                .ConfigureAwait(false);
            await using var command =
                new NpgsqlCommand("SET TRANSACTION READ ONLY; SELECT max(position) FROM journal", connection);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return new PostgresAuditView(connection, closed);
        }
        catch (Exception e)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            if (PostgresFailure.IsOurs(e))
            {
                throw PostgresFailure.Translate("Opening an audit view", e);
            }

            throw;
        }
    }

    public IAsyncEnumerable<CommittedEntry> ReadByStreamAsync(CancellationToken cancellationToken) =>
        ReadAsync(ByStream, JournalRow.Read, cancellationToken);

    public IAsyncEnumerable<CommittedEntry> ReadByPositionAsync(CancellationToken cancellationToken) =>
        ReadAsync(ByPosition, JournalRow.Read, cancellationToken);

    public async IAsyncEnumerable<StreamHead> ReadHeadsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var sql in (string[])[AccountHeads, OperatorHeads])
        {
            await foreach (var head in ReadAsync(sql, HeadOf, cancellationToken).ConfigureAwait(false))
            {
                yield return head;
            }
        }
    }

    public IAsyncEnumerable<Checkpoint> ReadCheckpointsAsync(CancellationToken cancellationToken) =>
        ReadAsync(Checkpoints, PostgresCheckpointStore.Read, cancellationToken);

    public IAsyncEnumerable<FollowerPart> ReadFollowersAsync(CancellationToken cancellationToken) => FollowerParts.Of(
        ReadAsync(
            FollowerRows,
            static row => new FollowerRow(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3),
                row.IsDBNull(4) ? null : row.GetInt64(4)),
            cancellationToken),
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            await connection.DisposeAsync().ConfigureAwait(false);
            closed();
        }
    }

    private static StreamHead HeadOf(NpgsqlDataReader row) => StoredValues.Head(row.GetString(0), row.GetInt64(1));

    /// <summary>
    /// A cursor per sequence, so that two can be read alternately on the one connection that has the snapshot.
    /// </summary>
    private async IAsyncEnumerable<T> ReadAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        var cursor = $"c{++_cursors}";
        await ExecuteAsync($"DECLARE {cursor} NO SCROLL CURSOR FOR {sql}", cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                var chunk = await FetchAsync(cursor, read, cancellationToken).ConfigureAwait(false);
                foreach (var item in chunk)
                {
                    yield return item;
                }

                if (chunk.Count < ChunkRows)
                {
                    break;
                }
            }
        }
        finally
        {
            await CloseAsync(cursor).ConfigureAwait(false);
        }
    }

    private async Task<List<T>> FetchAsync<T>(
        string cursor, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var chunk = new List<T>(ChunkRows);
        await RunAsync(
            $"FETCH {ChunkRows} FROM {cursor}",
            async command =>
            {
                await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    chunk.Add(read(reader));
                }
            },
            cancellationToken).ConfigureAwait(false);
        return chunk;
    }

    private Task ExecuteAsync(string sql, CancellationToken cancellationToken) =>
        RunAsync(sql, command => command.ExecuteNonQueryAsync(cancellationToken), cancellationToken);

    private async Task RunAsync(string sql, Func<NpgsqlCommand, Task> run, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        try
        {
            await run(command).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFailure.IsOurs(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw PostgresFailure.Translate("Reading for an audit", e);
        }
    }

    private async Task CloseAsync(string cursor)
    {
        if (_disposed || connection.FullState != ConnectionState.Open)
        {
            return;
        }

        try
        {
            await using var command = new NpgsqlCommand($"CLOSE {cursor}", connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            // After a failure or a cancelled statement the transaction is over, and the cursor with it.
        }
    }
}
