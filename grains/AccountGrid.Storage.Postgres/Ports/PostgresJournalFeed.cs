using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using AccountGrid.Application;
using AccountGrid.Domain;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

internal sealed class PostgresJournalFeed(PostgresStore store) : IJournalFeed
{
    /// <summary>The last committed position.</summary>
    public static readonly Query<long> Head =
        new("Reading the feed's head", "SELECT coalesce(max(position), 0) FROM journal", static row => row.GetInt64(0));

    private static readonly Query<CommittedEntry> After = new(
        "Reading the feed", $"SELECT {JournalRow.Columns} FROM journal WHERE position > $1 ORDER BY position LIMIT $2",
        JournalRow.Read);

    public async Task<long> ReadHeadAsync(CancellationToken cancellationToken)
    {
        // Asked, not remembered: another silo may have committed since.
        var head = (await store.Readers.ReadAsync(Head, cancellationToken).ConfigureAwait(false))[0];
        store.Signal.Publish(head);
        return head;
    }

    public Task<ImmutableArray<CommittedEntry>> ReadAfterAsync(
        long position, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(After, cancellationToken, Parameter.Of(position), Parameter.Of(max));
    }

    public Task<ImmutableArray<CommittedEntry>> ReadBeforeAsync(
        long position, JournalFilter filter, int max, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        PortArguments.CheckMax(max);
        var parameters = new List<NpgsqlParameter> { Parameter.Of(position), Parameter.Of(max) };
        var query = new Query<CommittedEntry>("Reading the feed backwards", SqlOf(filter, parameters), JournalRow.Read)
        {
            Prepared = false,
        };
        return store.Readers.ReadAsync(query, cancellationToken, [.. parameters]);
    }

    public Task WaitForAsync(long position, CancellationToken cancellationToken) =>
        store.Signal.WaitForAsync(position, cancellationToken);

    // A stream's entries are few and found by its key; the sum hides the order of positions from the planner, which
    // might walk the whole journal down for them. All else is a walk down from the position, or down the index of the
    // actor, that stops at the first that fit.
    private static string SqlOf(JournalFilter filter, List<NpgsqlParameter> parameters)
    {
        var sql = new StringBuilder($"SELECT {JournalRow.Columns} FROM journal WHERE position < $1");
        Add(filter.Stream is { } stream ? Parameter.Of(stream.Value) : null, "stream =");
        Add(filter.Subject is { } subject ? Parameter.Of(StoredText.Escape(subject)) : null, "actor =");
        Add(filter.Type is { } type ? Parameter.Of(StoredText.Escape(type)) : null, "type =");
        Add(filter.Since is { } since ? Parameter.Of(Microseconds.Of(since)) : null, "at >=");
        Add(filter.Until is { } until ? Parameter.Of(Microseconds.Of(until)) : null, "at <");
        return sql.Append(
            filter.Stream is null
                ? " ORDER BY position DESC LIMIT $2"
                : " ORDER BY position + 0 DESC LIMIT $2").ToString();

        void Add(NpgsqlParameter? parameter, string condition)
        {
            if (parameter is not null)
            {
                parameters.Add(parameter);
                sql.Append(CultureInfo.InvariantCulture, $" AND {condition} ${parameters.Count}");
            }
        }
    }
}
