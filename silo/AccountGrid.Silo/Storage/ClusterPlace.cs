using Npgsql;

namespace AccountGrid.Silo;

/// <summary>
/// Which database the membership tables were written in. A copy of it (by <c>pg_dump</c> and <c>pg_restore</c>) brings
/// the rows of the silos of the other one along: silos on the copy would call those, and wait for their answers. The
/// first silo that starts on a copy removes the rows there; the database that was copied is not touched.
/// </summary>
/// <remarks>
/// A database is told by the identifier that <c>initdb</c> gives a server and the object id of the database in it. A
/// copy of the server's files has both from the other one: give its cluster another <c>Cluster:Id</c>.
/// </remarks>
internal static partial class ClusterPlace
{
    /// <summary>The step of the schema that remembers the place.</summary>
    public const string Table = """
        CREATE TABLE IF NOT EXISTS ClusterPlace (
            OnlyRow  boolean PRIMARY KEY DEFAULT true CHECK (OnlyRow),
            Server   text NOT NULL,
            Database text NOT NULL
        );
        """;

    private const string MayReadServer = "SELECT has_function_privilege('pg_control_system()', 'EXECUTE')";
    private const string ReadServer = "SELECT system_identifier::text FROM pg_control_system()";

    /// <summary>Notes the place at the first start, and removes another place's membership from a copy.</summary>
    /// <exception cref="NpgsqlException">The database failed; nothing was changed.</exception>
    public static async Task ClaimAsync(
        NpgsqlConnection connection, ILogger log, CancellationToken cancellationToken)
    {
        // A role that may not read the identifier still tells databases of one server apart.
        var server = (bool)(await ScalarAsync(connection, MayReadServer, cancellationToken))!
            ? (string)(await ScalarAsync(connection, ReadServer, cancellationToken))!
            : "";
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Of silos that start together one does it, and the others wait.
        const string Here = """
            LOCK TABLE ClusterPlace IN SHARE ROW EXCLUSIVE MODE;
            SELECT (SELECT oid::text FROM pg_database WHERE datname = current_database())
            """;
        var database = (string)(await ScalarAsync(connection, Here, cancellationToken))!;
        const string Known = "SELECT count(*) FROM ClusterPlace WHERE Server = $1 AND Database = $2";
        if (await ScalarAsync(connection, Known, cancellationToken, server, database) is 0L)
        {
            const string Claim = """
                INSERT INTO ClusterPlace (Server, Database) VALUES ($1, $2)
                ON CONFLICT (OnlyRow) DO UPDATE SET Server = excluded.Server, Database = excluded.Database
                RETURNING xmax::text <> '0'
                """;
            if (await ScalarAsync(connection, Claim, cancellationToken, server, database) is true)
            {
                const string Forget = """
                    WITH silos AS (DELETE FROM OrleansMembershipTable RETURNING 1) SELECT count(*) FROM silos
                    """;
                var silos = (long)(await ScalarAsync(connection, Forget, cancellationToken))!;
                await ScalarAsync(connection, "DELETE FROM OrleansMembershipVersionTable", cancellationToken);
                Copied(log, silos);
            }
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<object?> ScalarAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params string[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
        }

        return await command.ExecuteScalarAsync(cancellationToken);
    }

    [LoggerMessage(2701, LogLevel.Warning,
        "This database is a copy of another one. The {Silos} rows of that one's silos were removed here: they are no "
            + "members of this cluster.")]
    private static partial void Copied(ILogger logger, long silos);
}
