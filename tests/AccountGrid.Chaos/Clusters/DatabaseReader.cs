using System.Collections.Immutable;
using System.Data;
using AccountGrid.Chaos.Running;
using Npgsql;

namespace AccountGrid.Chaos.Clusters;

/// <summary>Reads edges, counts and checkpoints from the cluster's database in one snapshot of it.</summary>
internal static class DatabaseReader
{
    /// <summary>Reads them.</summary>
    /// <param name="connectionString">A role that may read the schema <c>accountgrid</c>.</param>
    /// <param name="isOurs">Which accounts are the run's own.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<DiskState> ReadAsync(
        string connectionString, Func<long, bool> isOurs, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var snapshot =
            await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var edges = await PairsAsync(
            connection, "SELECT account, follower FROM accountgrid.follower", isOurs, cancellationToken);
        var counts = await PairsAsync(
            connection, "SELECT account, count FROM accountgrid.follower_count", isOurs, cancellationToken);
        var lastCheckpoint =
            await ScalarAsync(
                connection, "SELECT coalesce(max(number), 0) FROM accountgrid.checkpoint", cancellationToken);
        return new DiskState(
            edges.GroupBy(static p => p.First, static p => p.Second)
                .ToImmutableDictionary(static g => g.Key, static g => g.ToImmutableHashSet()),
            counts.ToImmutableDictionary(static p => p.First, static p => p.Second),
            lastCheckpoint)
        {
            Entries = await ScalarAsync(connection, "SELECT count(*) FROM accountgrid.journal", cancellationToken),
        };
    }

    private static async Task<long> ScalarAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<List<(long First, long Second)>> PairsAsync(
        NpgsqlConnection connection, string sql, Func<long, bool> isOurs, CancellationToken cancellationToken)
    {
        var pairs = new List<(long, long)>();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (isOurs(reader.GetInt64(0)))
            {
                pairs.Add((reader.GetInt64(0), reader.GetInt64(1)));
            }
        }

        return pairs;
    }
}
