using AccountGrid.Application;

namespace AccountGrid.Storage;

/// <summary>What a store has while it is open. Disposing of it writes what waits and closes the database.</summary>
/// <param name="signal">Tells of commits.</param>
/// <param name="diagnostics">The spans and instruments.</param>
public abstract class StoreParts(CommitSignal signal, StorageDiagnostics diagnostics) : IAsyncDisposable
{
    /// <summary>Tells of commits.</summary>
    public CommitSignal Signal => signal;

    /// <inheritdoc cref="IStore.Trouble"/>
    public WriteTrouble? Trouble => diagnostics.Trouble;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        try
        {
            signal.Close();
            await CloseAsync().ConfigureAwait(false);
        }
        finally
        {
            diagnostics.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Writes what waits, then closes the connections.</summary>
    protected abstract Task CloseAsync();
}
