using AccountGrid.Application;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// Fills an empty database in one transaction, on a connection of its own: the writer has nothing to do meanwhile.
/// </summary>
internal sealed class SqliteStoreLoad : IStoreLoad
{
    private const string Filled =
        """
        SELECT EXISTS (SELECT 1 FROM journal) OR EXISTS (SELECT 1 FROM account_index) OR EXISTS (SELECT 1 FROM operator_index)
            OR EXISTS (SELECT 1 FROM follower) OR EXISTS (SELECT 1 FROM follower_count) OR EXISTS (SELECT 1 FROM checkpoint)
        """;

    private readonly Database _database;

    private SqliteStoreLoad(Database database) => _database = database;

    /// <exception cref="StoreNotEmptyException">The database holds something.</exception>
    public static Task<IStoreLoad> BeginAsync(
        string path, SqliteStorageOptions options, CancellationToken cancellationToken) => RunAsync<IStoreLoad>(
        () =>
        {
            var database = DatabaseFile.OpenWriter(path, options);
            try
            {
                database.Execute("BEGIN IMMEDIATE");
                return database.Scalar(Filled) == 0
                    ? new SqliteStoreLoad(database)
                    : throw new StoreNotEmptyException(path);
            }
            catch
            {
                database.Dispose();
                throw;
            }
        },
        cancellationToken);

    public Task AddEntriesAsync(IReadOnlyList<LoadedEntry> entries, CancellationToken cancellationToken) => AddAsync(
        entries,
        (database, entry) =>
        {
            var insert = database.Use(JournalRow.Insert);
            JournalRow.Bind(insert, entry.Position, entry.Pending);
            insert.Run();
        },
        cancellationToken);

    public Task AddIndexAsync(IReadOnlyList<StreamIndexRow> rows, CancellationToken cancellationToken) =>
        AddAsync(rows, IndexRows.Write, cancellationToken);

    public Task AddCountsAsync(IReadOnlyList<LoadedCount> counts, CancellationToken cancellationToken) =>
        AddAsync(counts, static (database, count) => FollowerCounts.Write(database, count.Account, count.Count),
            cancellationToken);

    public Task AddEdgesAsync(IReadOnlyList<LoadedEdge> edges, CancellationToken cancellationToken) =>
        AddAsync(edges,
            static (database, edge) =>
                database.Use(FollowOperation.Add).With(edge.Account.Value).With(edge.Follower).Run(),
                    cancellationToken);

    public Task AddCheckpointsAsync(IReadOnlyList<Checkpoint> checkpoints, CancellationToken cancellationToken) =>
        AddAsync(checkpoints, CheckpointOperation.Write, cancellationToken);

    public Task CommitAsync(CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            _database.Execute("COMMIT");
            return true;
        },
        cancellationToken);

    /// <summary>A transaction that is still open ends with the connection, undone.</summary>
    public ValueTask DisposeAsync()
    {
        _database.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<bool> AddAsync<T>(
        IReadOnlyList<T> items, Action<Database, T> add, CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            foreach (var item in items)
            {
                add(_database, item);
            }

            return true;
        },
        cancellationToken);

    /// <summary>SQLite blocks: not on the caller's thread.</summary>
    private static Task<T> RunAsync<T>(Func<T> act, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            try
            {
                return act();
            }
            catch (SqliteException e)
            {
                throw SqliteFailure.Translate("Importing", e);
            }
        },
        cancellationToken);
}
