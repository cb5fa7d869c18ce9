using System.Collections.Immutable;
using AccountGrid.Application;

namespace AccountGrid.Storage.Sqlite;

internal sealed class SqliteCheckpointStore(SqliteStore store) : ICheckpointStore
{
    /// <summary>The columns that <see cref="Read"/> expects, in order.</summary>
    public const string Columns = "number, position, root, previous, at, key_id, signature";

    private const string Before = $"SELECT {Columns} FROM checkpoint WHERE number < ? ORDER BY number DESC LIMIT ?";

    // A frontier of another checkpoint than the last, which only tampering can leave, is none.
    private const string Last =
        $"SELECT {Columns}, (SELECT frontier FROM checkpoint_frontier f WHERE f.number = c.number) FROM checkpoint c ORDER BY number DESC LIMIT 1";

    public Task<StoredCheckpoint?> ReadLastAsync(CancellationToken cancellationToken) => store.Readers.ReadAsync(
        "Reading the last checkpoint",
        database =>
        {
            using var row = database.Use(Last);
            return row.Step() ? new StoredCheckpoint(Read(row), row.Bytes(7)) : null;
        },
        cancellationToken);

    public Task<ImmutableArray<Checkpoint>> ReadBeforeAsync(long number, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            "Reading checkpoints", database => Rows.Read(database.Use(Before).With(number).With(max), Read),
            cancellationToken);
    }

    public Task<AppendResult> AppendAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(checkpoint.Checkpoint.Number, nameof(checkpoint));
        cancellationToken.ThrowIfCancellationRequested();
        return store.Writer.WriteAsync(new CheckpointOperation(checkpoint));
    }

    public static Checkpoint Read(Statement row) =>
        new(row.Int64(0), row.Int64(1), row.Bytes(2), row.Bytes(3), StoredValues.Instant(row.Int64(4)), row.Text(5),
            row.Bytes(6));
}
