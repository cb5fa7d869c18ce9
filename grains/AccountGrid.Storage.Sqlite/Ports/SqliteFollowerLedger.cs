using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

internal sealed class SqliteFollowerLedger(SqliteStore store) : IFollowerLedger
{
    private const string CountEdges = "SELECT count(*) FROM follower WHERE account = ?";

    public Task<FollowerCount> ReadCountAsync(AccountId account, CancellationToken cancellationToken) =>
        store.Readers.ReadAsync(
            "Reading a follower count", database => FollowerCounts.Read(database, account), cancellationToken);

    public Task<FollowResult> ApplyAsync(
        AccountId account, ImmutableArray<FollowChange> changes, DateTimeOffset at, CancellationToken cancellationToken)
    {
        PortArguments.Check(changes);
        cancellationToken.ThrowIfCancellationRequested();
        return store.Writer.WriteAsync(new FollowOperation(account, changes, at));
    }

    public Task<long> CountEdgesAsync(AccountId account, CancellationToken cancellationToken) =>
        store.Readers.ReadAsync(
        "Counting followers",
        database =>
        {
            using var row = database.Use(CountEdges).With(account.Value);
            return row.Step() ? row.Int64(0) : 0;
        },
        cancellationToken);
}
