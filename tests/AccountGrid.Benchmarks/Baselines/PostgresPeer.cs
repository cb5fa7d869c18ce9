using System.Diagnostics;
using AccountGrid.V1;
using Grpc.Core;
using Npgsql;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>How the peer on PostgreSQL carries out a command.</summary>
internal enum PeerCommand
{
    /// <summary>One statement that does everything: one round trip. As tight as it can be.</summary>
    Statement,

    /// <summary>A transaction as most would write it: BEGIN with the update, the insert, COMMIT. Three round trips, a fourth for staff.</summary>
    Transaction,
}

/// <summary>
/// The peer on PostgreSQL: plain Npgsql with a tuned pool, every statement prepared, <c>synchronous_commit=on</c>. A command is one transaction (see <see cref="PeerCommand"/>) which changes the account's
/// row and adds the audit row; a follow is one statement, with the count. A batch of follows is one round trip and one transaction too: it locks its accounts in ascending order (without that two
/// batches deadlock), adds the sorted edges by <c>unnest</c>, and moves the counts by what really changed.
/// </summary>
internal sealed partial class PostgresPeer : IPeerStore
{
    /// <summary>Connections at most: as many as there are callers, so that a commit gathers all of them in one flush.</summary>
    private const int Connections = 64;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS accounts (
          id bigint PRIMARY KEY, handle text NOT NULL, status smallint NOT NULL, version bigint NOT NULL, held_by text, held_at bigint, reason text,
          followers bigint NOT NULL, followers_version bigint NOT NULL, followers_at bigint NOT NULL) WITH (fillfactor = 70);
        CREATE TABLE IF NOT EXISTS operators (id text PRIMARY KEY, roles integer NOT NULL, authority_ends_at bigint);
        CREATE TABLE IF NOT EXISTS audit (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account bigint NOT NULL, at bigint NOT NULL, actor text NOT NULL, action smallint NOT NULL,
          reason text NOT NULL, note text NOT NULL, ticket text NOT NULL, trace text NOT NULL);
        CREATE INDEX IF NOT EXISTS audit_by_account ON audit (account);
        CREATE TABLE IF NOT EXISTS edges (account bigint NOT NULL, follower bigint NOT NULL, PRIMARY KEY (account, follower));
        """;

    private const string Columns = "handle, status, version, held_by, held_at, reason, followers, followers_version, followers_at";

    private const string Change = $"""
        WITH changed AS (
          UPDATE accounts SET status = $1, version = version + 1, held_by = $2, held_at = $3, reason = $4
          WHERE id = $5 AND status = $6 AND ($7 OR EXISTS (SELECT 1 FROM operators o WHERE o.id = $8 AND o.roles & 1 <> 0 AND (o.authority_ends_at IS NULL OR o.authority_ends_at > $9)))
          RETURNING id, {Columns}),
        audited AS (
          INSERT INTO audit (account, at, actor, action, reason, note, ticket, trace) SELECT id, $9, $8, $1, $10, $11, $12, $13 FROM changed)
        SELECT {Columns} FROM changed
        """;

    private const string AddOne = """
        WITH moved AS (INSERT INTO edges VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING account)
        UPDATE accounts a SET followers = followers + 1, followers_version = followers_version + 1, followers_at = $3 FROM moved m WHERE a.id = m.account
        """;

    private const string RemoveOne = """
        WITH moved AS (DELETE FROM edges WHERE account = $1 AND follower = $2 RETURNING account)
        UPDATE accounts a SET followers = followers - 1, followers_version = followers_version + 1, followers_at = $3 FROM moved m WHERE a.id = m.account
        """;

    private const string Lock = "SELECT count(*) FROM (SELECT 1 FROM accounts WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE) l";

    private const string AddMany = """
        WITH moved AS (INSERT INTO edges SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING RETURNING account),
        counted AS (SELECT account, count(*) AS n FROM moved GROUP BY account)
        UPDATE accounts a SET followers = a.followers + c.n, followers_version = a.followers_version + 1, followers_at = $3 FROM counted c WHERE a.id = c.account
        RETURNING c.n
        """;

    private const string RemoveMany = """
        WITH moved AS (DELETE FROM edges e USING unnest($1, $2) u (account, follower) WHERE e.account = u.account AND e.follower = u.follower RETURNING e.account),
        counted AS (SELECT account, count(*) AS n FROM moved GROUP BY account)
        UPDATE accounts a SET followers = a.followers - c.n, followers_version = a.followers_version + 1, followers_at = $3 FROM counted c WHERE a.id = c.account
        RETURNING c.n
        """;

    private readonly NpgsqlDataSource _database;
    private readonly NpgsqlDataSource _batches;
    private readonly PeerCommand _command;

    /// <summary>Connects when it is first used.</summary>
    public PostgresPeer(string connection, PeerCommand command = PeerCommand.Statement)
    {
        _command = command;
        _database = Create(connection, "-c synchronous_commit=on");

        // Planned anew for each batch: a plan that does not know how many rows an array holds takes ten for ten thousand, and then ten times as long.
        _batches = Create(connection, "-c synchronous_commit=on -c plan_cache_mode=force_custom_plan");
    }

    public async Task SeedAsync(int count, CancellationToken cancellationToken)
    {
        await ExecuteAsync(Schema, cancellationToken);
        await ExecuteAsync(
            $"INSERT INTO accounts SELECT n, 'account' || n, 1, 1, NULL, NULL, NULL, 0, 0, 0 FROM generate_series(1, {count}) n; VACUUM ANALYZE accounts", cancellationToken);
    }

    public async Task<Account?> GetAsync(long id, CancellationToken cancellationToken)
    {
        await using var command = Command($"SELECT {Columns} FROM accounts WHERE id = $1", new NpgsqlParameter<long> { TypedValue = id });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? Read(id, row).ToAccount() : null;
    }

    public async Task<Account> ChangeAsync(PeerChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_command == PeerCommand.Transaction)
        {
            return await ChangeInTransactionAsync(change, now, cancellationToken);
        }

        if (await TryChangeAsync(change, now, cancellationToken) is { } account)
        {
            return account;
        }

        // Enrolled on first use, as with a development key.
        if (!change.ByOwner && await EnrollAsync(change.Subject, cancellationToken) && await TryChangeAsync(change, now, cancellationToken) is { } second)
        {
            return second;
        }

        throw new RpcException(new Status(StatusCode.FailedPrecondition, "WRONG_STATUS"));
    }

    public async Task<int> FollowAsync(Follow[] follows, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var at = now.ToUnixTimeMilliseconds();
        if (follows is [var one])
        {
            await using var command = Command(
                one.Op == Follow.Types.Op.Follow ? AddOne : RemoveOne,
                new NpgsqlParameter<long> { TypedValue = one.Account }, new NpgsqlParameter<long> { TypedValue = one.Follower }, new NpgsqlParameter<long> { TypedValue = at });
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }

        Array.Sort(follows, FollowOrder.ByKey);
        await using var connection = await _batches.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Many(Lock, new NpgsqlParameter<long[]> { TypedValue = [.. follows.Select(static f => f.Account).Distinct()] }));
        foreach (var (op, sql) in new[] { (Follow.Types.Op.Follow, AddMany), (Follow.Types.Op.Unfollow, RemoveMany) })
        {
            var edges = follows.Where(f => f.Op == op).ToArray();
            if (edges.Length > 0)
            {
                batch.BatchCommands.Add(Many(
                    sql,
                    new NpgsqlParameter<long[]> { TypedValue = [.. edges.Select(static f => f.Account)] },
                    new NpgsqlParameter<long[]> { TypedValue = [.. edges.Select(static f => f.Follower)] },
                    new NpgsqlParameter<long> { TypedValue = at }));
            }
        }

        return await SumAsync(batch, cancellationToken);
    }

    public async Task<PeerTotals> ReadTotalsAsync(CancellationToken cancellationToken)
    {
        await using var command = Command(
            "SELECT (SELECT count(*) FROM audit), (SELECT count(*) FROM accounts WHERE status <> 1), (SELECT count(*) FROM edges), (SELECT coalesce(sum(followers), 0)::bigint FROM accounts)");
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new PeerTotals(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _batches.DisposeAsync();
    }

    private static NpgsqlDataSource Create(string connection, string options) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection)
    {
        MaxPoolSize = Connections,
        NoResetOnClose = true,
        MaxAutoPrepare = 20,
        AutoPrepareMinUsages = 2,
        Options = options,
    });

    private static NpgsqlBatchCommand Many(string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        return command;
    }

    // One statement follows the lock and gives a row per account.
    private static async Task<int> SumAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        var changed = 0L;
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        while (await rows.NextResultAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
            {
                changed += rows.GetInt64(0);
            }
        }

        return (int)changed;
    }

    private async Task<Account?> TryChangeAsync(PeerChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var at = now.ToUnixTimeMilliseconds();
        await using var command = Command(
            Change,
            new NpgsqlParameter<short> { TypedValue = (short)(change.Down ? 2 : 1) },
            new NpgsqlParameter<string?> { TypedValue = change.Down ? change.Subject : null },
            new NpgsqlParameter<long?> { TypedValue = change.Down ? at : null },
            new NpgsqlParameter<string?> { TypedValue = change.Down ? change.Reason : null },
            new NpgsqlParameter<long> { TypedValue = change.Account },
            new NpgsqlParameter<short> { TypedValue = (short)(change.Down ? 1 : 2) },
            new NpgsqlParameter<bool> { TypedValue = change.ByOwner },
            new NpgsqlParameter<string> { TypedValue = change.Subject },
            new NpgsqlParameter<long> { TypedValue = at },
            new NpgsqlParameter<string> { TypedValue = change.Reason },
            new NpgsqlParameter<string> { TypedValue = change.Note },
            new NpgsqlParameter<string> { TypedValue = change.Ticket },
            new NpgsqlParameter<string> { TypedValue = Activity.Current?.TraceId.ToHexString() ?? "" });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
        {
            return null;
        }

        var account = Read(change.Account, row).ToAccount(change.ByOwner);

        // Only at its end the server has said that it is committed.
        await row.NextResultAsync(cancellationToken);
        return account;
    }

    private async Task<bool> EnrollAsync(string subject, CancellationToken cancellationToken)
    {
        await using var command = Command("INSERT INTO operators VALUES ($1, 1, NULL) ON CONFLICT DO NOTHING", new NpgsqlParameter<string> { TypedValue = subject });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        foreach (var statement in sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await using var command = Command(statement);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private NpgsqlCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
        var command = _database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static PeerRow Read(long id, NpgsqlDataReader row) => new(
        id, row.GetString(0), row.GetInt16(1) != 1, row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3), row.IsDBNull(4) ? null : row.GetInt64(4),
        row.IsDBNull(5) ? null : row.GetString(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8));
}
