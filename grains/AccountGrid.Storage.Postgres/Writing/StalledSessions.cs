using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// Ends sessions of this role that hold a lock in the middle of a statement while they wait for the rest of what their
/// client sends: the process was stopped (SIGSTOP, a frozen machine), or the network was cut, between the last two
/// packets. Such a session has been sent no answer, and what it was writing is undone, so nothing acknowledged is lost;
/// without this, every silo would wait for its locks for ever.
/// </summary>
internal static class StalledSessions
{
    // A session is "active" and waits for its client only if a part of a statement has arrived. Audit views and
    // migrations are "idle in transaction" between their statements.
    private const string End =
        """
        SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity a
        WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
            AND backend_type = 'client backend' AND state = 'active' AND wait_event = 'ClientRead'
            AND xact_start < clock_timestamp() - $1
            AND EXISTS (
                SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.granted
                    AND l.relation IN ('journal'::regclass, 'follower_count'::regclass))
        """;

    /// <summary>Ends those that have waited for their client for longer than <paramref name="silence"/>.</summary>
    /// <returns>How many were ended.</returns>
    /// <exception cref="NpgsqlException">The server could not be asked.</exception>
    public static async Task<int> EndAsync(
        NpgsqlConnection connection, TimeSpan silence, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(End, connection);
        command.Parameters.Add(Parameter.Of(silence));
        return (int)(long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }
}
