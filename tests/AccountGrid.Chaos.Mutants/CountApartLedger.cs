using System.Collections.Concurrent;
using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Chaos.Mutants;

/// <summary>
/// The count is written in a transaction of its own, behind that of the edges: together with the account's next batch.
/// So a crash right behind the answer leaves one without the other, without a race. The real ledger writes both at
/// once; this one takes the count back and writes it again later.
/// </summary>
internal sealed class CountApartLedger(IFollowerLedger ledger, string dataDirectory) : IFollowerLedger
{
    private readonly ConcurrentDictionary<AccountId, FollowerCount> _owed = new();

    public Task<FollowerCount> ReadCountAsync(AccountId account, CancellationToken cancellationToken) =>
        ledger.ReadCountAsync(account, cancellationToken);

    public Task<long> CountEdgesAsync(AccountId account, CancellationToken cancellationToken) =>
        ledger.CountEdgesAsync(account, cancellationToken);

    public async Task<FollowResult> ApplyAsync(
        AccountId account, ImmutableArray<FollowChange> changes, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (_owed.TryRemove(account, out var owed))
        {
            await WriteAsync(account, owed, cancellationToken);
        }

        var before = await ledger.ReadCountAsync(account, cancellationToken);
        var result = await ledger.ApplyAsync(account, changes, at, cancellationToken);
        await WriteAsync(account, before, cancellationToken);
        _owed[account] = result.After;
        return result;
    }

    private async Task WriteAsync(AccountId account, FollowerCount count, CancellationToken cancellationToken)
    {
        await using var connection =
            new SqliteConnection($"Data Source={Path.Combine(dataDirectory, "accountgrid.db")};Pooling=False");
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE follower_count SET count = $count, version = $version WHERE account = $account";
        command.Parameters.AddWithValue("$account", account.Value);
        command.Parameters.AddWithValue("$count", count.Count);
        command.Parameters.AddWithValue("$version", count.Version);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
