using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

internal sealed class SqliteStreamIndex(SqliteStore store) : IStreamIndex
{
    private const string Proposals =
        "SELECT account, proposal FROM account_index WHERE proposal IS NOT NULL AND account > ? ORDER BY account LIMIT ?";

    private const string ProposalsOf =
        "SELECT account, proposal FROM account_index WHERE proposal IS NOT NULL AND proposed_by = ? AND account > ? ORDER BY account LIMIT ?";

    private const string Due =
        "SELECT account FROM account_index WHERE due_at IS NOT NULL AND due_at <= ? ORDER BY due_at, account LIMIT ?";
    private const string Operators = "SELECT operator FROM operator_index WHERE operator > ? ORDER BY operator LIMIT ?";
    private const string WithDueWork =
        "SELECT operator FROM operator_index WHERE freeze_pending = 1 AND operator > ? ORDER BY operator LIMIT ?";

    public Task<ImmutableArray<AccountId>> ListAccountsAsync(
        AccountFilter filter, long after, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            "Listing accounts", database => Rows.Read(AccountListing.Of(database, filter, after, max), AccountOf),
            cancellationToken);
    }

    public Task<ImmutableArray<DownCount>> CountDownAsync(long protectedReach, CancellationToken cancellationToken) =>
        store.Readers.ReadAsync(
        "Counting who is down",
        database => Rows.Read(
            database.Use(AccountListing.DownSqlOf(protectedReach)).With(protectedReach),
            static row => new DownCount((AccountStatus)row.Int64(0), row.Int64(1) - row.Int64(2), row.Int64(2))),
        cancellationToken);

    public Task<ImmutableArray<ProposalId>> ListProposalsAsync(
        OperatorId? proposedBy, long after, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            "Listing proposals",
            database => Rows.Read(
                (proposedBy is { } person
                    ? database.Use(ProposalsOf).With(person.Value)
                    : database.Use(Proposals)).With(after).With(max),
                static row => new ProposalId(AccountOf(row), row.Int64(1))),
            cancellationToken);
    }

    public Task<ImmutableArray<AccountId>> ListDueAsync(
        DateTimeOffset now, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            "Listing due accounts", database =>
                Rows.Read(database.Use(Due).With(Microseconds.Of(now)).With(max), AccountOf), cancellationToken);
    }

    public Task<ImmutableArray<OperatorId>> ListOperatorsAsync(
        string after, int max, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(after);
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync("Listing operators",
            database => Rows.Read(database.Use(Operators).With(after).With(max), OperatorOf), cancellationToken);
    }

    public Task<ImmutableArray<OperatorId>> ListOperatorsWithDueWorkAsync(
        string after, int max, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(after);
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            "Listing operators with due work",
            database => Rows.Read(database.Use(WithDueWork).With(after).With(max), OperatorOf),
            cancellationToken);
    }

    private static AccountId AccountOf(Statement row) => StoredValues.Account(row.Int64(0));

    private static OperatorId OperatorOf(Statement row) => StoredValues.Operator(row.Text(0));
}
