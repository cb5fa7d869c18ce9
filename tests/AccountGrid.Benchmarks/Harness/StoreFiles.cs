using AccountGrid.Domain;
using AccountGrid.Storage.Sqlite;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>Looks into the data directory of a silo that has stopped.</summary>
internal static class StoreFiles
{
    /// <summary>Counts the edges of accounts 1 to <paramref name="accounts"/> one by one.</summary>
    public static async Task<long> CountEdgesAsync(string directory, int accounts, CancellationToken cancellationToken)
    {
        await using var store =
            new SqliteStore(new SqliteStorageOptions { DataDirectory = directory }, TimeProvider.System);
        await store.OpenAsync(cancellationToken);
        var edges = 0L;
        for (var id = 1L; id <= accounts; id++)
        {
            edges += await store.Ledger.CountEdgesAsync(new AccountId(id), cancellationToken);
        }

        return edges;
    }

    /// <summary>Counts the edges of one account.</summary>
    public static async Task<long> CountEdgesOfAsync(
        string directory, long account, CancellationToken cancellationToken)
    {
        await using var store =
            new SqliteStore(new SqliteStorageOptions { DataDirectory = directory }, TimeProvider.System);
        await store.OpenAsync(cancellationToken);
        return await store.Ledger.CountEdgesAsync(new AccountId(account), cancellationToken);
    }

    /// <summary>The bytes of all databases in it.</summary>
    public static long Size(string directory) =>
        new DirectoryInfo(directory).EnumerateFiles("*.db*", SearchOption.AllDirectories).Sum(f => f.Length);
}
