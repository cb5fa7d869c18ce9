using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Postgres;

internal sealed class PostgresFollowerLedger(PostgresStore store) : IFollowerLedger
{
    private static readonly Query<FollowerCount> Count = new(
        "Reading a follower count",
        "SELECT count, version, at FROM follower_count WHERE account = $1",
        static row => new FollowerCount(row.GetInt64(0), row.GetInt64(1), StoredValues.Instant(row.GetInt64(2))));

    private static readonly Query<long> Edges =
        new("Counting followers", "SELECT count(*) FROM follower WHERE account = $1", static row => row.GetInt64(0))
        {
            HasNoTimeout = true,
        };

    public async Task<FollowerCount> ReadCountAsync(AccountId account, CancellationToken cancellationToken)
    {
        var rows = await store.Readers.ReadAsync(Count, cancellationToken, Parameter.Of(account.Value))
            .ConfigureAwait(false);
        return rows is [var count] ? count : new FollowerCount(0, 0, DateTimeOffset.UnixEpoch);
    }

    public Task<FollowResult> ApplyAsync(
        AccountId account, ImmutableArray<FollowChange> changes, DateTimeOffset at, CancellationToken cancellationToken)
    {
        PortArguments.Check(changes);
        cancellationToken.ThrowIfCancellationRequested();
        return store.Follows.WriteAsync(new FollowOperation(account, changes, at));
    }

    public async Task<long> CountEdgesAsync(AccountId account, CancellationToken cancellationToken) =>
        (await store.Readers.ReadAsync(Edges, cancellationToken, Parameter.Of(account.Value)).ConfigureAwait(false))[0];
}
