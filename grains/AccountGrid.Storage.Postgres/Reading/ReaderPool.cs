using System.Collections.Immutable;
using AccountGrid.Application;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// A bounded pool of connections that only read. A read whose connection is dead is tried once more on a new one: a
/// read changes nothing, so repeating it is safe. Thread-safe.
/// </summary>
internal sealed class ReaderPool : IAsyncDisposable
{
    private readonly StorageDiagnostics _diagnostics;
    private readonly NpgsqlDataSource _source;
    private readonly ReadLimiter _limiter;
    private volatile bool _closed;

    public ReaderPool(Connections connections, PostgresStorageOptions options, StorageDiagnostics diagnostics)
    {
        _diagnostics = diagnostics;
        _limiter = new ReadLimiter(options, diagnostics);
        _source = connections.CreateReaders();
    }

    /// <summary>Reads all rows.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    /// <exception cref="StorageOverloadedException">Too many reads are waiting.</exception>
    public Task<ImmutableArray<T>> ReadAsync<T>(
        Query<T> query, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        ReadAsync(_limiter.EnterReadAsync(cancellationToken), query, parameters, cancellationToken);

    /// <summary>Runs an existence check, of which fewer may wait: whether there is a row.</summary>
    /// <exception cref="StorageOverloadedException">Too many existence checks are waiting.</exception>
    public async Task<bool> CheckAsync(
        Query<bool> query, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        (await ReadAsync(_limiter.EnterExistenceCheckAsync(cancellationToken), query, parameters, cancellationToken)
            .ConfigureAwait(false)).Length > 0;

    /// <summary>Closes the connections; reads that are under way close theirs when they end.</summary>
    public ValueTask DisposeAsync()
    {
        _closed = true;
        return _source.DisposeAsync();
    }

    private async Task<ImmutableArray<T>> ReadAsync<T>(
        ValueTask<ReadTurn> turn, Query<T> query, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        using var held = await turn.ConfigureAwait(false);
        return await TryTwiceAsync(query, parameters, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ImmutableArray<T>> TryTwiceAsync<T>(
        Query<T> query, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        var sent = false;
        for (var again = false; ; again = true)
        {
            try
            {
                ThrowIfClosed();
                await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                sent = true;
                return await RunAsync(connection, query, parameters, cancellationToken).ConfigureAwait(false);
            }
            catch (NpgsqlException e) when (!again && sent && PostgresFailure.IsOfConnection(e))
            {
                // The others of the pool are likely to be dead too.
                _source.Clear();
            }
            catch (Exception e) when (PostgresFailure.IsOurs(e))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _diagnostics.Failed(PostgresFailure.KindOf(e));
                throw PostgresFailure.Translate(query.What, e);
            }
            catch (ObjectDisposedException)
            {
                ThrowIfClosed();
                throw;
            }
        }
    }

    private static async Task<ImmutableArray<T>> RunAsync<T>(
        NpgsqlConnection connection, Query<T> query, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(query.Sql, connection);
        command.Parameters.AddRange(parameters);
        try
        {
            if (query.HasNoTimeout)
            {
                command.CommandTimeout = 0;
            }

            if (query.Prepared)
            {
                // Costs a round trip only the first time on each connection.
                await command.PrepareAsync(cancellationToken).ConfigureAwait(false);
            }

            var rows = ImmutableArray.CreateBuilder<T>();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                rows.Add(query.Row(reader));
            }

            return rows.DrainToImmutable();
        }
        finally
        {
            // A second try needs them for another command.
            command.Parameters.Clear();
        }
    }

    private void ThrowIfClosed()
    {
        if (_closed)
        {
            throw StoreClosed.Closing();
        }
    }
}
