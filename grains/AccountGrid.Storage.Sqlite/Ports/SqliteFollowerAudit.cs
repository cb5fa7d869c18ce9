using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

internal sealed class SqliteFollowerAudit(SqliteStore store) : IFollowerAudit
{
    private const string Accounts =
        """
        SELECT account FROM (SELECT account FROM account_index WHERE account > ?1 ORDER BY account LIMIT ?2)
        UNION SELECT account FROM (SELECT account FROM follower_count WHERE account > ?1 ORDER BY account LIMIT ?2)
        ORDER BY account LIMIT ?2
        """;

    /// <summary>One statement, hence one instant.</summary>
    private const string Edges =
        """
        SELECT coalesce((SELECT count FROM follower_count WHERE account = ?1), 0), coalesce((SELECT version FROM follower_count WHERE account = ?1), 0), count(*), max(e.follower)
        FROM (SELECT follower FROM follower WHERE account = ?1 AND follower > ?2 ORDER BY follower LIMIT ?3) e
        """;

    public Task<ImmutableArray<AccountId>> ListAsync(long after, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            "Listing follower counts",
            database =>
                Rows.Read(database.Use(Accounts).With(after).With(max), static row => new AccountId(row.Int64(0))),
            cancellationToken);
    }

    public Task<EdgeSlice> CountAsync(
        AccountId account, long afterFollower, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            "Counting followers",
            database =>
            {
                using var row = database.Use(Edges).With(account.Value).With(afterFollower).With(max);
                row.Step();
                var edges = row.Int64(2);
                return new EdgeSlice(row.Int64(0), row.Int64(1), edges, edges == max ? row.Int64(3) : null);
            },
            cancellationToken);
    }
}
