using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

internal sealed class SqliteJournal(SqliteStore store) : IJournal
{
    private const string Forward =
        $"SELECT {JournalRow.Columns} FROM journal WHERE stream = ? AND sequence >= ? ORDER BY sequence LIMIT ?";
    private const string Backwards =
        $"SELECT {JournalRow.Columns} FROM journal WHERE stream = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?";
    private const string Exists = "SELECT 1 FROM journal WHERE stream = ? LIMIT 1";

    public Task<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken)
    {
        PortArguments.Check(append);
        cancellationToken.ThrowIfCancellationRequested();
        return store.Writer.WriteAsync(new AppendOperation(append));
    }

    public Task<ImmutableArray<JournalEntry>> ReadAsync(
        StreamId stream, long fromSequence, int max, CancellationToken cancellationToken) =>
        ReadAsync(Forward, static row => JournalRow.Read(row).Entry, stream, fromSequence, max, cancellationToken);

    public Task<ImmutableArray<CommittedEntry>> ReadCommittedAsync(
        StreamId stream, long fromSequence, int max, CancellationToken cancellationToken) =>
        ReadAsync(Forward, JournalRow.Read, stream, fromSequence, max, cancellationToken);

    public Task<ImmutableArray<JournalEntry>> ReadBackwardsAsync(
        StreamId stream, long beforeSequence, int max, CancellationToken cancellationToken) =>
        ReadAsync(Backwards, static row => JournalRow.Read(row).Entry, stream, beforeSequence, max, cancellationToken);

    public ValueTask<bool> ExistsAsync(StreamId stream, CancellationToken cancellationToken) =>
        new(store.Readers.CheckAsync(
        "Looking for a journal",
        database =>
        {
            using var row = database.Use(Exists).With(stream.Value);
            return row.Step();
        },
        cancellationToken));

    private Task<ImmutableArray<T>> ReadAsync<T>(
        string sql, Func<Statement, T> read, StreamId stream, long bound, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            "Reading a journal",
            database => Rows.Read(database.Use(sql).With(stream.Value).With(bound).With(max), read),
            cancellationToken);
    }
}
