using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

internal sealed class PostgresDerivedSource(PostgresStore store) : IDerivedSource
{
    private static readonly Query<MarkedEntry> Entries = new(
        "Reading budget marks",
        $"""
        SELECT {JournalRow.Columns}, harm_by, harm_approved_by, harm_reach
        FROM journal WHERE (stream, sequence) > ($1, $2) ORDER BY stream, sequence LIMIT $3
        """,
        static row => new MarkedEntry(JournalRow.Read(row), TextOf(row, 14), TextOf(row, 15), NumberOf(row, 16)));

    private static readonly Query<(StreamId Stream, IndexColumns Row)> Accounts = new(
        "Reading index rows",
        """
        SELECT account, version, handle, status::bigint, designated, proposal, proposed_by, due_at
        FROM account_index WHERE account = ANY($1)
        """,
        static row => (
            StreamId.Of(StoredValues.Account(row.GetInt64(0))),
            IndexColumns.OfAccount(
                row.GetInt64(1), StoredText.Unescape(row.GetString(2)), NumberOf(row, 3), row.GetBoolean(4) ? 1 : 0,
                NumberOf(row, 5), TextOf(row, 6), NumberOf(row, 7))));

    private static readonly Query<(StreamId Stream, IndexColumns Row)> Operators = new(
        "Reading index rows", "SELECT operator, version, freeze_pending FROM operator_index WHERE operator = ANY($1)",
        static row => (
            StreamId.Of(StoredValues.Operator(row.GetString(0))),
            IndexColumns.OfOperator(row.GetInt64(1), row.GetBoolean(2) ? 1 : 0)));

    public Task<ImmutableArray<MarkedEntry>> ReadAsync(
        string stream, long sequence, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            Entries, cancellationToken, Parameter.Of(stream), Parameter.Of(sequence), Parameter.Of((long)max));
    }

    public async Task<ImmutableDictionary<StreamId, IndexColumns>> ReadRowsAsync(
        IReadOnlyCollection<StreamId> streams, CancellationToken cancellationToken)
    {
        var accounts = streams.Select(static s => s.IsAccount(out var id) ? id.Value : 0).Where(static id => id != 0)
            .ToArray();
        var people = streams.Where(static s => s.IsOperator(out _))
            .Select(static s => s.IsOperator(out var person) ? person.Value : "").ToArray();
        var rows = ImmutableDictionary.CreateBuilder<StreamId, IndexColumns>();
        if (accounts.Length > 0)
        {
            rows.AddRange(Pairs(
                await store.Readers.ReadAsync(Accounts, cancellationToken, Parameter.Of(accounts))
                    .ConfigureAwait(false)));
        }

        if (people.Length > 0)
        {
            rows.AddRange(Pairs(
                await store.Readers.ReadAsync(Operators, cancellationToken, Parameter.Of(people))
                    .ConfigureAwait(false)));
        }

        return rows.ToImmutable();
    }

    private static IEnumerable<KeyValuePair<StreamId, IndexColumns>> Pairs(
        ImmutableArray<(StreamId Stream, IndexColumns Row)> rows) =>
        rows.Select(static r => KeyValuePair.Create(r.Stream, r.Row));

    private static string? TextOf(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    private static long? NumberOf(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetInt64(column);
}
