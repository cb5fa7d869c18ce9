using System.Globalization;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// Makes connections: each kind with its settings, none with more in its errors than the name of the database.
/// Thread-safe.
/// </summary>
internal sealed class Connections
{
    // Every lookup of a write goes by a key, whatever the statistics say of a table that was empty a minute ago, and is
    // planned once.
    private const string PinnedPlans =
        "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;";

    // Beyond what the server allows a statement: it answers in time, or it is not there.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly PostgresStorageOptions _options;
    private readonly NpgsqlConnectionStringBuilder _base;
    private int _generation;

    public Connections(PostgresStorageOptions options)
    {
        _options = options;
        _base = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            SearchPath = options.Schema,
            Timeout = (int)Math.Ceiling(options.ConnectTimeout.TotalSeconds),
            CommandTimeout = (int)Math.Ceiling((options.CommandTimeout + Grace).TotalSeconds),
            Enlist = false,
            Multiplexing = false,
            TcpKeepAlive = true,
            // Neither values nor credentials in an error.
            IncludeErrorDetail = false,
            IncludeFailedBatchedCommand = false,
            LogParameters = false,
            PersistSecurityInfo = false,
        };
        _base.ApplicationName ??= $"accountgrid {options.Schema}";
        Name = string.Create(
            CultureInfo.InvariantCulture, $"{_base.Host}:{_base.Port}/{_base.Database} ({options.Schema})");
    }

    /// <summary>The server, database and schema, for people.</summary>
    public string Name { get; }

    /// <summary>
    /// Changes whenever a connection that was idle turned out to be dead: others from before are likely to be dead as
    /// well. A writer, whose outcome would be unknown if its connection were lost, then takes a new one instead.
    /// </summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>Notes that an idle connection turned out to be dead.</summary>
    public void NoteLoss() => Interlocked.Increment(ref _generation);

    /// <summary>A pool for reads.</summary>
    public NpgsqlDataSource CreateReaders() =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_base.ConnectionString)
        {
            Pooling = true,
            MinPoolSize = 0,
            MaxPoolSize = _options.Readers,
            // Nothing is ever set on these, so there is nothing to reset and a round trip less.
            NoResetOnClose = true,
        });

    /// <summary>A connection of its own that is not pooled.</summary>
    /// <param name="purpose">What it is called in the server's list of sessions, behind the store's name.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="NpgsqlException">It cannot be had.</exception>
    public async Task<NpgsqlConnection> OpenAsync(string purpose, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(_base.ConnectionString)
        {
            Pooling = false,
            ApplicationName = $"{_base.ApplicationName} {purpose}",
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// A connection that writes: what it commits is durable when it is answered, whatever the server's, the database's
    /// or the role's default says, it waits neither long for a lock nor for a client that is gone, each statement sees
    /// what was committed before it (what is written depends on that, once a lock is granted), and its plans are
    /// pinned.
    /// </summary>
    /// <exception cref="StorageRefusedException">The server does not do that.</exception>
    public async Task<NpgsqlConnection> OpenWriterAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenAsync("writer", cancellationToken).ConfigureAwait(false);
        try
        {
            await using var command = new NpgsqlCommand(string.Create(
                CultureInfo.InvariantCulture,
                $"""
                SET lock_timeout = {(long)_options.LockTimeout.TotalMilliseconds};
                SET statement_timeout = {(long)_options.CommandTimeout.TotalMilliseconds};
                {PinnedPlans}
                SET default_transaction_isolation = 'read committed';
                SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
                SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') <> 'remote_apply';
                SELECT current_setting('synchronous_commit') || ' ' || current_setting('fsync')
                """), connection);
            var durability = "";
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            do
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    durability = reader.GetString(0);
                }
            }
            while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));
            return durability is "on on" or "remote_apply on" ? connection : throw new StorageRefusedException(
                StorageRefusal.NotDurable,
                $"{Name}: commits are not durable there (synchronous_commit and fsync are '{durability}'); both must be on.");
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
