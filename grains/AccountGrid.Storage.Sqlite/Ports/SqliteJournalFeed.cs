using System.Collections.Immutable;
using System.Text;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

internal sealed class SqliteJournalFeed(SqliteStore store) : IJournalFeed
{
    private const string After =
        $"SELECT {JournalRow.Columns} FROM journal WHERE position > ? ORDER BY position LIMIT ?";

    public Task<long> ReadHeadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(store.Signal.Head);
    }

    public Task<ImmutableArray<CommittedEntry>> ReadAfterAsync(
        long position, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync("Reading the feed",
            database => Rows.Read(database.Use(After).With(position).With(max), JournalRow.Read), cancellationToken);
    }

    public Task<ImmutableArray<CommittedEntry>> ReadBeforeAsync(
        long position, JournalFilter filter, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            "Reading the feed backwards",
            database => Rows.Read(Bind(database.Use(SqlOf(filter)), position, filter).With(max), JournalRow.Read),
            cancellationToken);
    }

    public Task WaitForAsync(long position, CancellationToken cancellationToken) =>
        store.Signal.WaitForAsync(position, cancellationToken);

    // One text per combination of conditions, so that each has the plan of its own: a stream or an actor is found by
    // index, all else is a walk down from the position that stops at the first `max` that fit.
    private static string SqlOf(JournalFilter filter)
    {
        var sql = new StringBuilder($"SELECT {JournalRow.Columns} FROM journal WHERE position < ?");
        sql.Append(filter.Stream is null ? "" : " AND stream = ?")
            .Append(filter.Subject is null ? "" : " AND actor = ?")
            .Append(filter.Type is null ? "" : " AND type = ?")
            .Append(filter.Since is null ? "" : " AND at >= ?")
            .Append(filter.Until is null ? "" : " AND at < ?");
        return sql.Append(" ORDER BY position DESC LIMIT ?").ToString();
    }

    private static Statement Bind(Statement statement, long position, JournalFilter filter)
    {
        statement.With(position);
        if (filter.Stream is { } stream)
        {
            statement.With(stream.Value);
        }

        if (filter.Subject is { } subject)
        {
            statement.With(subject);
        }

        if (filter.Type is { } type)
        {
            statement.With(type);
        }

        if (filter.Since is { } since)
        {
            statement.With(Microseconds.Of(since));
        }

        return filter.Until is { } until ? statement.With(Microseconds.Of(until)) : statement;
    }
}
