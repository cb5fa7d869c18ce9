using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

internal sealed class PostgresMacBoundaryStore(PostgresStore store) : IMacBoundaryStore
{
    private const string Add = "SELECT mac_boundary_add($1, $2, $3, $4)";

    private static readonly Query<MacBoundary> All = new(
        "Reading the boundaries of MACs", "SELECT position, at, key_id, signature FROM mac_boundary ORDER BY position",
        static row => new MacBoundary(
            row.GetInt64(0), StoredValues.Instant(row.GetInt64(1)), row.GetString(2), row.GetFieldValue<byte[]>(3)));

    public Task<ImmutableArray<MacBoundary>> ReadAsync(CancellationToken cancellationToken) =>
        store.Readers.ReadAsync(All, cancellationToken);

    public async Task<bool> AddAsync(MacBoundary boundary, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(boundary);
        ArgumentOutOfRangeException.ThrowIfNegative(boundary.Position, nameof(boundary));
        cancellationToken.ThrowIfCancellationRequested();
        var sent = false;
        try
        {
            await using var connection =
                await store.Connections.OpenWriterAsync(cancellationToken).ConfigureAwait(false);
            await using var command = new NpgsqlCommand(Add, connection);
            command.Parameters.AddRange((NpgsqlParameter[])[
                Parameter.Of(boundary.Position), Parameter.Of(Microseconds.Of(boundary.At)),
                Parameter.Of(boundary.KeyId), Parameter.Of(StatementParameters.Bytes(boundary.Signature))]);
            sent = true;
            return await command.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false) is true;
        }
        catch (Exception e) when (PostgresFailure.IsOurs(e))
        {
            throw PostgresFailure.Translate(
                "Writing a boundary of MACs", e, outcomeUnknown: sent && !PostgresFailure.IsUndone(e));
        }
    }
}
