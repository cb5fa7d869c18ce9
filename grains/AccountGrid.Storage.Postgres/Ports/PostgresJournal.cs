using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

internal sealed class PostgresJournal(PostgresStore store) : IJournal
{
    private static readonly Query<JournalEntry> Forward = new(
        "Reading a journal",
        $"SELECT {JournalRow.Columns} FROM journal WHERE stream = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3",
        Entry);

    private static readonly Query<CommittedEntry> Committed = new(
        "Reading a journal",
        $"SELECT {JournalRow.Columns} FROM journal WHERE stream = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3",
        JournalRow.Read);

    private static readonly Query<JournalEntry> Backwards = new(
        "Reading a journal",
        $"SELECT {JournalRow.Columns} FROM journal WHERE stream = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3",
        Entry);

    private static readonly Query<bool> Exists =
        new("Looking for a journal", "SELECT 1 FROM journal WHERE stream = $1 LIMIT 1", static _ => true);

    public Task<AppendResult> AppendAsync(JournalAppend append, CancellationToken cancellationToken)
    {
        PortArguments.Check(append);
        cancellationToken.ThrowIfCancellationRequested();
        return store.Appends.WriteAsync(new AppendOperation(append));
    }

    public Task<ImmutableArray<JournalEntry>> ReadAsync(
        StreamId stream, long fromSequence, int max, CancellationToken cancellationToken) =>
        ReadAsync(Forward, stream, fromSequence, max, cancellationToken);

    public Task<ImmutableArray<CommittedEntry>> ReadCommittedAsync(
        StreamId stream, long fromSequence, int max, CancellationToken cancellationToken) =>
        ReadAsync(Committed, stream, fromSequence, max, cancellationToken);

    public Task<ImmutableArray<JournalEntry>> ReadBackwardsAsync(
        StreamId stream, long beforeSequence, int max, CancellationToken cancellationToken) =>
        ReadAsync(Backwards, stream, beforeSequence, max, cancellationToken);

    public ValueTask<bool> ExistsAsync(StreamId stream, CancellationToken cancellationToken) =>
        new(store.Readers.CheckAsync(Exists, cancellationToken, Parameter.Of(stream.Value)));

    private Task<ImmutableArray<T>> ReadAsync<T>(
        Query<T> query, StreamId stream, long bound, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            query, cancellationToken, Parameter.Of(stream.Value), Parameter.Of(bound), Parameter.Of(max));
    }

    private static JournalEntry Entry(NpgsqlDataReader row) => JournalRow.Read(row).Entry;
}
