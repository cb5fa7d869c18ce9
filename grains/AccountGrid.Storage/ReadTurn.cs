namespace AccountGrid.Storage;

/// <summary>The right to use one of a store's read connections. Dispose of it exactly once.</summary>
public readonly record struct ReadTurn : IDisposable
{
    private readonly SemaphoreSlim _connections;
    private readonly ConcurrencyLimit _limit;

    internal ReadTurn(SemaphoreSlim connections, ConcurrencyLimit limit) =>
        (_connections, _limit) = (connections, limit);

    /// <summary>Lets the next read have the connection.</summary>
    public void Dispose()
    {
        _connections.Release();
        _limit.Exit();
    }
}
