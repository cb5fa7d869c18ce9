using AccountGrid.Application;
using AccountGrid.Domain;
using Npgsql;
using NpgsqlTypes;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// Fills an empty schema in one transaction, by COPY. It holds the journal's lock, so that a silo that runs all the
/// same cannot append between.
/// </summary>
internal sealed class PostgresStoreLoad : IStoreLoad
{
    private const string What = "Importing";

    // The one that journal_append takes.
    private const string JournalLock =
        "SELECT pg_advisory_xact_lock((x'41634772'::bigint << 32) | 'journal'::regclass::oid::bigint)";

    private const string Filled =
        """
        SELECT EXISTS (SELECT 1 FROM journal) OR EXISTS (SELECT 1 FROM account_index) OR EXISTS (SELECT 1 FROM operator_index)
            OR EXISTS (SELECT 1 FROM follower) OR EXISTS (SELECT 1 FROM follower_count) OR EXISTS (SELECT 1 FROM checkpoint)
        """;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private PostgresStoreLoad(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (_connection, _transaction) = (connection, transaction);

    /// <exception cref="StoreNotEmptyException">The schema holds something.</exception>
    public static async Task<IStoreLoad> BeginAsync(Connections connections, CancellationToken cancellationToken)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = await connections.OpenWriterAsync(cancellationToken).ConfigureAwait(false);
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (var locked = new NpgsqlCommand(JournalLock, connection))
            {
                await locked.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            await using var filled = new NpgsqlCommand(Filled, connection);
            return await filled.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is false
                ? new PostgresStoreLoad(connection, transaction)
                : throw new StoreNotEmptyException(connections.Name);
        }
        catch (Exception e)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            if (PostgresFailure.IsOurs(e))
            {
                throw PostgresFailure.Translate(What, e);
            }

            throw;
        }
    }

    public Task AddEntriesAsync(IReadOnlyList<LoadedEntry> entries, CancellationToken cancellationToken) => CopyAsync(
        "journal (position, stream, sequence, at, actor_kind, actor, type, type_version, payload, trace_id, request_id, request_digest, hash, harm_by, harm_approved_by, harm_reach, mac)",
        entries,
        static async (row, loaded) =>
        {
            var (entry, harm) = loaded.Pending;
            await row.AddAsync(loaded.Position, NpgsqlDbType.Bigint).ConfigureAwait(false);
            await row.AddAsync(entry.Stream.Value, NpgsqlDbType.Text).ConfigureAwait(false);
            await row.AddAsync(entry.Sequence, NpgsqlDbType.Bigint).ConfigureAwait(false);
            await row.AddAsync(Microseconds.Of(entry.At), NpgsqlDbType.Bigint).ConfigureAwait(false);
            await row.AddAsync((short)entry.Actor.Kind, NpgsqlDbType.Smallint).ConfigureAwait(false);
            await row.AddAsync(StoredText.Escape(entry.Actor.Subject), NpgsqlDbType.Text).ConfigureAwait(false);
            await row.AddAsync(StoredText.Escape(entry.Type), NpgsqlDbType.Text).ConfigureAwait(false);
            await row.AddAsync(entry.TypeVersion, NpgsqlDbType.Integer).ConfigureAwait(false);
            await row.AddAsync(entry.Payload, NpgsqlDbType.Bytea).ConfigureAwait(false);
            await row.AddAsync(entry.TraceId.Length == 0 ? null : StoredText.Pack(entry.TraceId), NpgsqlDbType.Bytea)
                .ConfigureAwait(false);
            await row.AddAsync(StoredText.Pack(entry.RequestId), NpgsqlDbType.Bytea).ConfigureAwait(false);
            await row.AddAsync(StoredText.Pack(entry.RequestDigest), NpgsqlDbType.Bytea).ConfigureAwait(false);
            await row.AddAsync(entry.Hash, NpgsqlDbType.Bytea).ConfigureAwait(false);
            await row.AddAsync(harm?.ByText, NpgsqlDbType.Text).ConfigureAwait(false);
            await row.AddAsync(harm?.ApprovedBy?.Value, NpgsqlDbType.Text).ConfigureAwait(false);
            await row.AddAsync(harm?.Reach, NpgsqlDbType.Bigint).ConfigureAwait(false);
            await row.AddAsync(loaded.Pending.Mac.IsEmpty ? null : loaded.Pending.Mac.ToArray(), NpgsqlDbType.Bytea)
                .ConfigureAwait(false);
        },
        cancellationToken);

    public async Task AddIndexAsync(IReadOnlyList<StreamIndexRow> rows, CancellationToken cancellationToken)
    {
        await CopyAsync(
            "account_index (account, version, handle, status, designated, proposal, proposed_by, due_at)",
            [.. rows.OfType<StreamIndexRow.Account>()],
            static async (row, account) =>
            {
                await row.AddAsync(account.Id.Value, NpgsqlDbType.Bigint).ConfigureAwait(false);
                await row.AddAsync(account.Version, NpgsqlDbType.Bigint).ConfigureAwait(false);
                await row.AddAsync(StoredText.Escape(account.Handle), NpgsqlDbType.Text).ConfigureAwait(false);
                await row.AddAsync((short)account.Status, NpgsqlDbType.Smallint).ConfigureAwait(false);
                await row.AddAsync(account.Designated, NpgsqlDbType.Boolean).ConfigureAwait(false);
                await row.AddAsync(account.ProposalSequence, NpgsqlDbType.Bigint).ConfigureAwait(false);
                await row.AddAsync(account.ProposedBy?.Value, NpgsqlDbType.Text).ConfigureAwait(false);
                await row.AddAsync(account.DueAt is { } due ? Microseconds.Of(due) : (long?)null, NpgsqlDbType.Bigint)
                    .ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        await CopyAsync(
            "operator_index (operator, version, freeze_pending)",
            [.. rows.OfType<StreamIndexRow.Operator>()],
            static async (row, person) =>
            {
                await row.AddAsync(person.Id.Value, NpgsqlDbType.Text).ConfigureAwait(false);
                await row.AddAsync(person.Version, NpgsqlDbType.Bigint).ConfigureAwait(false);
                await row.AddAsync(person.FreezePending, NpgsqlDbType.Boolean).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    public Task AddCountsAsync(IReadOnlyList<LoadedCount> counts, CancellationToken cancellationToken) => CopyAsync(
        "follower_count (account, count, version, at)",
        counts,
        static async (row, count) =>
        {
            await row.AddAsync(count.Account.Value, NpgsqlDbType.Bigint).ConfigureAwait(false);
            await row.AddAsync(count.Count.Count, NpgsqlDbType.Bigint).ConfigureAwait(false);
            await row.AddAsync(count.Count.Version, NpgsqlDbType.Bigint).ConfigureAwait(false);
            await row.AddAsync(Microseconds.Of(count.Count.AsOf), NpgsqlDbType.Bigint).ConfigureAwait(false);
        },
        cancellationToken);

    public Task AddEdgesAsync(IReadOnlyList<LoadedEdge> edges, CancellationToken cancellationToken) => CopyAsync(
        "follower (account, follower)",
        edges,
        static async (row, edge) =>
        {
            await row.AddAsync(edge.Account.Value, NpgsqlDbType.Bigint).ConfigureAwait(false);
            await row.AddAsync(edge.Follower, NpgsqlDbType.Bigint).ConfigureAwait(false);
        },
        cancellationToken);

    public Task AddCheckpointsAsync(IReadOnlyList<Checkpoint> checkpoints, CancellationToken cancellationToken) =>
        CopyAsync(
        $"checkpoint ({PostgresCheckpointStore.Columns})",
        checkpoints,
        static async (row, checkpoint) =>
        {
            await row.AddAsync(checkpoint.Number, NpgsqlDbType.Bigint).ConfigureAwait(false);
            await row.AddAsync(checkpoint.Position, NpgsqlDbType.Bigint).ConfigureAwait(false);
            await row.AddAsync(checkpoint.Root, NpgsqlDbType.Bytea).ConfigureAwait(false);
            await row.AddAsync(checkpoint.Previous, NpgsqlDbType.Bytea).ConfigureAwait(false);
            await row.AddAsync(Microseconds.Of(checkpoint.At), NpgsqlDbType.Bigint).ConfigureAwait(false);
            await row.AddAsync(checkpoint.KeyId, NpgsqlDbType.Text).ConfigureAwait(false);
            await row.AddAsync(checkpoint.Signature, NpgsqlDbType.Bytea).ConfigureAwait(false);
        },
        cancellationToken);

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFailure.IsOurs(e))
        {
            throw PostgresFailure.Translate(What, e, outcomeUnknown: !PostgresFailure.IsUndone(e));
        }
    }

    /// <summary>A transaction that is still open ends with the connection, undone.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task CopyAsync<T>(
        string into, IReadOnlyList<T> items, Func<Row, T, Task> write, CancellationToken cancellationToken)
    {
        if (items.Count == 0)
        {
            return;
        }

        try
        {
            var importer =
                await _connection.BeginBinaryImportAsync($"COPY {into} FROM STDIN (FORMAT BINARY)", cancellationToken)
                    .ConfigureAwait(false);
            await using (importer.ConfigureAwait(false))
            {
                var row = new Row(importer, cancellationToken);
                foreach (var item in items)
                {
                    await importer.StartRowAsync(cancellationToken).ConfigureAwait(false);
                    await write(row, item).ConfigureAwait(false);
                }

                await importer.CompleteAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (PostgresFailure.IsOurs(e))
        {
            throw PostgresFailure.Translate(What, e);
        }
    }

    /// <summary>Writes the columns of a row in order.</summary>
    private readonly struct Row(NpgsqlBinaryImporter importer, CancellationToken cancellationToken)
    {
        public Task AddAsync<T>(T value, NpgsqlDbType type) =>
            value is null
                ? importer.WriteNullAsync(cancellationToken)
                : importer.WriteAsync(value, type, cancellationToken);
    }
}
