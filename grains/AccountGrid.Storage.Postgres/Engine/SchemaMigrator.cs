using System.Globalization;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// Brings one schema of a database up to date. All steps that are missing are applied in one transaction under an
/// advisory lock, so that of silos that start together one applies them. A schema that is another program's is left as
/// it is, and so is a newer one. The connections' search path begins with the schema.
/// </summary>
/// <param name="schema">The schema.</param>
/// <param name="options">Whether to migrate, and which role serves.</param>
public sealed class SchemaMigrator(PostgresSchema schema, PostgresStorageOptions options)
{
    private string Quoted => $"\"{schema.Name}\"";

    /// <summary>
    /// Applies what is missing if the settings say so; otherwise refuses a schema that is missing or older.
    /// </summary>
    /// <returns>The steps applied.</returns>
    /// <exception cref="StorageRefusedException">It is newer, foreign, or older and not to be migrated.</exception>
    public async Task<IReadOnlyList<Migration>> EnsureAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var version = await ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false);
        return version >= schema.Steps.Newest ? []
            : options.Migrate ? await ApplyAsync(connection, cancellationToken).ConfigureAwait(false)
            : throw schema.Steps.Older(NameOf(connection), version);
    }

    /// <summary>
    /// Applies what is missing, whatever <see cref="PostgresStorageOptions.Migrate"/> says, and gives
    /// <see cref="PostgresStorageOptions.ServiceRole"/> its rights in any case. Safe to repeat.
    /// </summary>
    /// <returns>The steps applied.</returns>
    /// <exception cref="StorageRefusedException">
    /// It is newer or foreign, or the server runs without <c>fsync</c>: then nothing was touched.
    /// </exception>
    public async Task<IReadOnlyList<Migration>> ApplyAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);

        // Before the lock: a database that is refused is not even waited for.
        await ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false);
        await RequireFsyncAsync(connection, cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await ExecuteAsync(
            connection, "SELECT pg_advisory_xact_lock(x'41634772'::bigint << 32 | (hashtext($1) & x'7fffffff'::int))",
            cancellationToken, schema.Name).ConfigureAwait(false);
        var version = await ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false);

        if (version == 0)
        {
            await CreateSchemaAsync(connection, cancellationToken).ConfigureAwait(false);
        }

        var steps = schema.Steps.After(version);
        foreach (var step in steps)
        {
            await ExecuteAsync(connection, step.Sql, cancellationToken).ConfigureAwait(false);
            await RecordAsync(connection, step, cancellationToken).ConfigureAwait(false);
        }

        if (options.ServiceRole is { } service)
        {
            var role = $"\"{service.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
            var grants = schema.Grants
                .Replace("{schema}", Quoted, StringComparison.Ordinal)
                .Replace("{service}", role, StringComparison.Ordinal);
            await ExecuteAsync(connection, grants, cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return steps;
    }

    /// <summary>The version; 0 for a schema that is absent or empty.</summary>
    /// <exception cref="StorageRefusedException">It is newer or foreign.</exception>
    public async Task<long> ReadVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);

        // One query, hence one view of the catalogue: another silo may commit its migration between two. And not by
        // to_regclass, which answers from a cache that misses such a commit in the middle of a transaction.
        const string Tables = """
            SELECT CASE
                WHEN count(*) = 0 THEN 0
                WHEN count(*) FILTER (WHERE c.relname IN ('schema_version', $2)) = 2 THEN 1
                ELSE 2
            END
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1
            """;
        switch (await ScalarAsync(connection, Tables, cancellationToken, schema.Name, schema.KnownTable)
            .ConfigureAwait(false))
        {
            case 0:
                return 0;
            case 2:
                throw new StorageRefusedException(
                    StorageRefusal.Foreign,
                    $"{NameOf(connection)} holds another program's tables; it was left as it is. "
                        + "Choose another schema.");
        }

        var newest = $"SELECT coalesce(max(version), 0) FROM {Quoted}.schema_version";
        var version = await ScalarAsync(connection, newest, cancellationToken).ConfigureAwait(false);
        if (!schema.AcceptsNewer)
        {
            schema.Steps.RefuseNewer(NameOf(connection), version);
        }

        return version;
    }

    private async Task RequireFsyncAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Fsync = "SELECT (current_setting('fsync') = 'on')::int";
        if (await ScalarAsync(connection, Fsync, cancellationToken).ConfigureAwait(false) == 0)
        {
            throw new StorageRefusedException(
                StorageRefusal.NotDurable,
                $"{NameOf(connection)}: commits are not durable there, because fsync is off; it must be on. "
                    + "The schema was not touched.");
        }
    }

    /// <summary>Asks first, because an owner whose schema is there needs no right to create one.</summary>
    private async Task CreateSchemaAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = $1";
        if (await ScalarAsync(connection, Schemas, cancellationToken, schema.Name).ConfigureAwait(false) == 0)
        {
            await ExecuteAsync(connection, $"CREATE SCHEMA {Quoted}", cancellationToken).ConfigureAwait(false);
        }
    }

    private Task RecordAsync(NpgsqlConnection connection, Migration step, CancellationToken cancellationToken)
    {
        const string Version = "INSERT INTO schema_version (version) VALUES ($1)";
        const string VersionAndName = "INSERT INTO schema_version (version, name) VALUES ($1, $2)";
        return schema.NamesSteps
            ? ExecuteAsync(connection, VersionAndName, cancellationToken, step.Version, step.Name)
            : ExecuteAsync(connection, Version, cancellationToken, step.Version);
    }

    private string NameOf(NpgsqlConnection connection) => string.Create(
        CultureInfo.InvariantCulture, $"{connection.Host}:{connection.Port}/{connection.Database} ({schema.Name})");

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<long> ScalarAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        return Convert.ToInt64(
            await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }
}
