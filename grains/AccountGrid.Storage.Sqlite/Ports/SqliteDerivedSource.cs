using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

internal sealed class SqliteDerivedSource(SqliteStore store) : IDerivedSource
{
    // INDEXED BY: a sort of the whole journal would be the wrong plan, and this makes it an error instead.
    private const string Entries =
        $"""
        SELECT {JournalRow.Columns}, harm_by, harm_approved_by, harm_reach
        FROM journal INDEXED BY sqlite_autoindex_journal_1 WHERE (stream, sequence) > (?, ?)
        ORDER BY stream, sequence LIMIT ?
        """;

    private const string Account =
        """
        SELECT version, handle, status, designated, proposal, proposed_by, due_at
        FROM account_index WHERE account = ?
        """;

    private const string Operator = "SELECT version, freeze_pending FROM operator_index WHERE operator = ?";

    public Task<ImmutableArray<MarkedEntry>> ReadAsync(
        string stream, long sequence, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            "Reading budget marks",
            database => Rows.Read(
                database.Use(Entries).With(stream).With(sequence).With(max),
                static row => new MarkedEntry(
                    JournalRow.Read(row), TextOf(row, 14), TextOf(row, 15), NumberOf(row, 16))),
            cancellationToken);
    }

    public Task<ImmutableDictionary<StreamId, IndexColumns>> ReadRowsAsync(
        IReadOnlyCollection<StreamId> streams, CancellationToken cancellationToken) => store.Readers.ReadAsync(
        "Reading index rows",
        database =>
        {
            var rows = ImmutableDictionary.CreateBuilder<StreamId, IndexColumns>();
            foreach (var stream in streams)
            {
                if (RowOf(database, stream) is { } row)
                {
                    rows[stream] = row;
                }
            }

            return rows.ToImmutable();
        },
        cancellationToken);

    private static IndexColumns? RowOf(Database database, StreamId stream)
    {
        if (stream.IsAccount(out var account))
        {
            using var row = database.Use(Account).With(account.Value);
            return row.Step()
                ? IndexColumns.OfAccount(
                    row.Int64(0), TextOf(row, 1), NumberOf(row, 2), NumberOf(row, 3), NumberOf(row, 4),
                    TextOf(row, 5), NumberOf(row, 6))
                : null;
        }

        using var person = database.Use(Operator).With(stream.IsOperator(out var subject) ? subject.Value : "");
        return person.Step() ? IndexColumns.OfOperator(person.Int64(0), NumberOf(person, 1)) : null;
    }

    private static string? TextOf(Statement row, int column) => row.IsNull(column) ? null : row.Text(column);

    private static long? NumberOf(Statement row, int column) => row.IsNull(column) ? null : row.Int64(column);
}
