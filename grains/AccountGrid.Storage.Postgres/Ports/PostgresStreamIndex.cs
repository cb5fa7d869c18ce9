using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

internal sealed class PostgresStreamIndex(PostgresStore store) : IStreamIndex
{
    private static readonly Query<ProposalId> Proposals = new(
        "Listing proposals",
        "SELECT account, proposal FROM account_index WHERE proposal IS NOT NULL AND account > $1 ORDER BY account LIMIT $2", ProposalOf);

    private static readonly Query<ProposalId> ProposalsBy = new(
        "Listing proposals",
        "SELECT account, proposal FROM account_index WHERE proposal IS NOT NULL AND account > $1 AND proposed_by = $3 ORDER BY account LIMIT $2",
        ProposalOf);

    private static readonly Query<AccountId> Due = new(
        "Listing due accounts",
        "SELECT account FROM account_index WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, account LIMIT $2",
        AccountOf);

    private static readonly Query<OperatorId> Operators = new(
        "Listing operators", "SELECT operator FROM operator_index WHERE operator > $1 ORDER BY operator LIMIT $2",
        OperatorOf);

    private static readonly Query<OperatorId> WithDueWork = new(
        "Listing operators with due work",
        "SELECT operator FROM operator_index WHERE freeze_pending AND operator > $1 ORDER BY operator LIMIT $2",
        OperatorOf);

    public Task<ImmutableArray<AccountId>> ListAccountsAsync(
        AccountFilter filter, long after, int max, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        PortArguments.CheckMax(max);
        var parameters = new List<NpgsqlParameter> { Parameter.Of(after), Parameter.Of(max) };
        var query = new Query<AccountId>("Listing accounts", AccountListing.SqlOf(filter, parameters), AccountOf)
        {
            Prepared = false,
        };
        return store.Readers.ReadAsync(query, cancellationToken, [.. parameters]);
    }

    public Task<ImmutableArray<DownCount>> CountDownAsync(long protectedReach, CancellationToken cancellationToken)
    {
        var query = new Query<DownCount>(
            "Counting who is down",
            AccountListing.DownSqlOf(protectedReach),
            static row => new DownCount(
                (AccountStatus)row.GetInt16(0), row.GetInt64(1) - row.GetInt64(2), row.GetInt64(2)))
        { Prepared = false };
        return store.Readers.ReadAsync(query, cancellationToken, Parameter.Of(protectedReach));
    }

    public Task<ImmutableArray<ProposalId>> ListProposalsAsync(
        OperatorId? proposedBy, long after, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return proposedBy is { } person
            ? store.Readers.ReadAsync(
                ProposalsBy, cancellationToken, Parameter.Of(after), Parameter.Of(max), Parameter.Of(person.Value))
            : store.Readers.ReadAsync(Proposals, cancellationToken, Parameter.Of(after), Parameter.Of(max));
    }

    public Task<ImmutableArray<AccountId>> ListDueAsync(
        DateTimeOffset now, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(Due, cancellationToken, Parameter.Of(Microseconds.Of(now)), Parameter.Of(max));
    }

    public Task<ImmutableArray<OperatorId>> ListOperatorsAsync(
        string after, int max, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(after);
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            Operators, cancellationToken, Parameter.Of(StoredText.Escape(after)), Parameter.Of(max));
    }

    public Task<ImmutableArray<OperatorId>> ListOperatorsWithDueWorkAsync(
        string after, int max, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(after);
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            WithDueWork, cancellationToken, Parameter.Of(StoredText.Escape(after)), Parameter.Of(max));
    }

    private static ProposalId ProposalOf(NpgsqlDataReader row) => new(AccountOf(row), row.GetInt64(1));

    private static AccountId AccountOf(NpgsqlDataReader row) => StoredValues.Account(row.GetInt64(0));

    private static OperatorId OperatorOf(NpgsqlDataReader row) => StoredValues.Operator(row.GetString(0));
}
