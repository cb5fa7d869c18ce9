using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// The one statement that writes a whole batch, prepared on one connection. Being one statement, it is one round trip
/// and one transaction, which the server commits by itself: no other lock is held while the network is waited for. Used
/// by one writer.
/// </summary>
internal interface IBatchStatement<TOperation> : IAsyncDisposable
{
    /// <summary>Prepares it on the connection.</summary>
    Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken);

    /// <summary>
    /// Makes its parameters from a batch. Nothing is sent yet; an exception is the fault of an operation.
    /// </summary>
    void Bind(IReadOnlyList<TOperation> batch);

    /// <summary>Executes it and sets each operation's result. When it returns, the transaction is durable.</summary>
    /// <returns>The last position given out, 0 if none was.</returns>
    Task<long> ExecuteAsync(IReadOnlyList<TOperation> batch);
}
