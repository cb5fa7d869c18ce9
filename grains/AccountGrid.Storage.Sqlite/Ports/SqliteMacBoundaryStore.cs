using System.Collections.Immutable;
using AccountGrid.Application;

namespace AccountGrid.Storage.Sqlite;

internal sealed class SqliteMacBoundaryStore(SqliteStore store) : IMacBoundaryStore
{
    private const string All = "SELECT position, at, key_id, signature FROM mac_boundary ORDER BY position";

    public Task<ImmutableArray<MacBoundary>> ReadAsync(CancellationToken cancellationToken) => store.Readers.ReadAsync(
        "Reading the boundaries of MACs",
        database => Rows.Read(
            database.Use(All),
            static row => new MacBoundary(
                row.Int64(0), StoredValues.Instant(row.Int64(1)), row.Text(2), row.Bytes(3))),
        cancellationToken);

    public Task<bool> AddAsync(MacBoundary boundary, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(boundary);
        ArgumentOutOfRangeException.ThrowIfNegative(boundary.Position, nameof(boundary));
        cancellationToken.ThrowIfCancellationRequested();
        return store.Writer.WriteAsync(new MacBoundaryOperation(boundary));
    }
}
