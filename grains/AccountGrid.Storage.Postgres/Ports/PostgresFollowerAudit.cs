using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Postgres;

internal sealed class PostgresFollowerAudit(PostgresStore store) : IFollowerAudit
{
    private static readonly Query<AccountId> Accounts = new(
        "Listing follower counts",
        """
        (SELECT account FROM account_index WHERE account > $1 ORDER BY account LIMIT $2)
        UNION (SELECT account FROM follower_count WHERE account > $1 ORDER BY account LIMIT $2)
        ORDER BY account LIMIT $2
        """,
        static row => new AccountId(row.GetInt64(0)));

    /// <summary>One statement, hence one snapshot.</summary>
    private static readonly Query<EdgeSlice> Edges = new(
        "Counting followers",
        """
        SELECT coalesce((SELECT c.count FROM follower_count c WHERE c.account = $1), 0), coalesce((SELECT c.version FROM follower_count c WHERE c.account = $1), 0),
            count(*), max(e.follower)
        FROM (SELECT f.follower FROM follower f WHERE f.account = $1 AND f.follower > $2 ORDER BY f.follower LIMIT $3) e
        """,
        static row => new EdgeSlice(
            row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetInt64(3)));

    public Task<ImmutableArray<AccountId>> ListAsync(long after, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(Accounts, cancellationToken, Parameter.Of(after), Parameter.Of(max));
    }

    public async Task<EdgeSlice> CountAsync(
        AccountId account, long afterFollower, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        var slice =
            (await store.Readers.ReadAsync(Edges, cancellationToken, Parameter.Of(account.Value),
                Parameter.Of(afterFollower), Parameter.Of((long)max)).ConfigureAwait(false))[0];
        return slice.Edges == max ? slice : slice with { Last = null };
    }
}
