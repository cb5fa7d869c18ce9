using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Conformance;

/// <summary>
/// One empty store per test: opens it, opens it again on the same data, and takes it away at the end.
/// </summary>
public abstract class StoreFixture : IAsyncDisposable
{
    private IStore? _store;

    /// <summary>The open store.</summary>
    public IStore Store => _store ?? throw new InvalidOperationException("The fixture is not open.");

    /// <summary>
    /// Changes the data behind the store's back while it is open, or <c>null</c> where the kind of store has no such
    /// way in.
    /// </summary>
    public virtual ITamper? Tamper => null;

    /// <summary>Opens the store for the first time.</summary>
    public async Task OpenAsync() => _store = await OpenStoreAsync();

    /// <summary>Closes the store and opens it again on the same data.</summary>
    public async Task ReopenAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    /// <summary>Closes the store.</summary>
    public async Task CloseAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
            _store = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await DeleteDataAsync();
    }

    protected abstract Task<IStore> OpenStoreAsync();

    protected abstract ValueTask DeleteDataAsync();
}

/// <summary>What somebody with the data in hand could do to it.</summary>
public interface ITamper
{
    /// <summary>Replaces an entry's payload.</summary>
    Task ReplacePayloadAsync(StreamId stream, long sequence, ReadOnlyMemory<byte> payload);

    /// <summary>Removes an entry.</summary>
    Task DeleteAsync(StreamId stream, long sequence);

    /// <summary>Exchanges the positions of two entries.</summary>
    Task SwapPositionsAsync(long one, long other);

    /// <summary>Removes an account's first edges, by follower, and leaves its count alone.</summary>
    Task RemoveEdgesAsync(AccountId account, int edges);

    /// <summary>Every column of every table of the store.</summary>
    Task<IReadOnlyList<(string Table, string Column)>> ColumnsAsync();

    /// <summary>Remembers what a table holds.</summary>
    Task KeepAsync(string table);

    /// <summary>Gives a table back what <see cref="KeepAsync"/> remembered.</summary>
    Task PutBackAsync(string table);

    /// <summary>Runs statements that every kind of store understands; triggers and checks do not stop them.</summary>
    Task ExecuteAsync(string sql);

    /// <summary>Adds edges of the followers 1, 2, 3 ... and leaves the count alone.</summary>
    Task AddEdgesAsync(AccountId account, int edges);
}

/// <summary>The beginning of every suite: a fresh store per test.</summary>
public abstract class StoreSuite(StoreFixture fixture) : IAsyncLifetime
{
    protected StoreFixture Fixture => fixture;

    protected IStore Store => fixture.Store;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await fixture.OpenAsync();

    public async ValueTask DisposeAsync() => await fixture.DisposeAsync();

    /// <summary>Appends and demands that it worked.</summary>
    protected async Task AppendAsync(JournalAppend append) =>
        Assert.Equal(AppendResult.Appended, await Store.Journal.AppendAsync(append, Stop));

    protected static async Task<List<T>> ListAsync<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items)
        {
            list.Add(item);
        }

        return list;
    }
}
