using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

internal sealed class PostgresCheckpointStore(PostgresStore store) : ICheckpointStore
{
    /// <summary>The columns that <see cref="Read"/> expects, in order.</summary>
    public const string Columns = "number, position, root, previous, at, key_id, signature";

    private static readonly Query<Checkpoint> Before = new(
        "Reading checkpoints", $"SELECT {Columns} FROM checkpoint WHERE number < $1 ORDER BY number DESC LIMIT $2",
        Read);

    // A frontier of another checkpoint than the last, which only tampering can leave, is none.
    private static readonly Query<StoredCheckpoint> Last = new(
        "Reading the last checkpoint",
        $"SELECT {Columns}, (SELECT frontier FROM checkpoint_frontier f WHERE f.number = c.number) FROM checkpoint c ORDER BY number DESC LIMIT 1",
        static row => new StoredCheckpoint(Read(row), row.IsDBNull(7) ? default : row.GetFieldValue<byte[]>(7)));

    // Two writers of one number wait for each other at the key; the second finds it taken.
    private const string Append =
        $"""
        WITH added AS (
            INSERT INTO checkpoint ({Columns})
            SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT coalesce(max(number), 0) FROM checkpoint) = $1 - 1
            ON CONFLICT DO NOTHING
            RETURNING number)
        INSERT INTO checkpoint_frontier AS f (id, number, frontier) SELECT 1, number, $8 FROM added
        ON CONFLICT (id) DO UPDATE SET number = excluded.number, frontier = excluded.frontier
        """;

    public async Task<StoredCheckpoint?> ReadLastAsync(CancellationToken cancellationToken) =>
        await store.Readers.ReadAsync(Last, cancellationToken).ConfigureAwait(false) is [var last] ? last : null;

    public Task<ImmutableArray<Checkpoint>> ReadBeforeAsync(long number, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(Before, cancellationToken, Parameter.Of(number), Parameter.Of(max));
    }

    public async Task<AppendResult> AppendAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(checkpoint.Checkpoint.Number, nameof(checkpoint));
        cancellationToken.ThrowIfCancellationRequested();
        var c = checkpoint.Checkpoint;
        var sent = false;
        try
        {
            // Once a minute at most, so it has no place in a group commit and no connection of its own between times.
            await using var connection =
                await store.Connections.OpenWriterAsync(cancellationToken).ConfigureAwait(false);
            await using var command = new NpgsqlCommand(Append, connection);
            command.Parameters.AddRange((NpgsqlParameter[])[
                Parameter.Of(c.Number), Parameter.Of(c.Position), Parameter.Of(StatementParameters.Bytes(c.Root)),
                Parameter.Of(StatementParameters.Bytes(c.Previous)),
                Parameter.Of(Microseconds.Of(c.At)), Parameter.Of(c.KeyId),
                Parameter.Of(StatementParameters.Bytes(c.Signature)),
                Parameter.Of(StatementParameters.Bytes(checkpoint.Frontier))]);
            sent = true;
            return await command.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false) > 0
                ? AppendResult.Appended
                : AppendResult.Conflict;
        }
        catch (Exception e) when (PostgresFailure.IsOurs(e))
        {
            throw PostgresFailure.Translate(
                "Writing a checkpoint", e, outcomeUnknown: sent && !PostgresFailure.IsUndone(e));
        }
    }

    public static Checkpoint Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3),
        StoredValues.Instant(row.GetInt64(4)), row.GetString(5), row.GetFieldValue<byte[]>(6));
}
