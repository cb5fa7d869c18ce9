using System.Globalization;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// The schema, in the order in which it came about. All steps that are missing are applied in one transaction, under an
/// advisory lock, so that silos that start together agree who does it; a database that is not ours, or newer, is left
/// as it is.
/// </summary>
internal sealed class Migrations(Connections connections, PostgresStorageOptions options)
{
    public static IReadOnlyList<Migration> All { get; } = [Step(1, "tables"), Step(2, "functions")];

    public static int Newest => All[^1].Version;

    private string Schema => $"\"{options.Schema}\"";

    /// <summary>Demands that the database is of the newest version; migrates it if the settings say so.</summary>
    /// <returns>The steps applied.</returns>
    /// <exception cref="StorageRefusedException">It is newer, foreign, or older and not to be migrated.</exception>
    public async Task<IReadOnlyList<Migration>> EnsureAsync(CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync("migration", cancellationToken).ConfigureAwait(false);
        var version = await ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false);
        if (version == Newest)
        {
            return [];
        }

        return options.Migrate ? await ApplyAsync(connection, cancellationToken).ConfigureAwait(false) : throw new StorageRefusedException(
            StorageRefusal.OlderVersion,
            string.Create(CultureInfo.InvariantCulture, $"{connections.Name} has version {version}, this program needs {Newest}. Migrate it as its owner first."));
    }

    /// <summary>Applies what is missing, and grants the service its rights in any case.</summary>
    public async Task<IReadOnlyList<Migration>> ApplyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync("migration", cancellationToken).ConfigureAwait(false);
        return await ApplyAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<Migration>> ApplyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Before the lock: a database that is refused is not even waited for.
        await ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await ExecuteAsync(connection, "SELECT pg_advisory_xact_lock(x'41634772'::bigint << 32 | (hashtext($1) & x'7fffffff'::int))", cancellationToken, options.Schema).ConfigureAwait(false);
        var version = await ReadVersionAsync(connection, cancellationToken).ConfigureAwait(false);
        if (version == 0 && await ScalarAsync(connection, "SELECT count(*) FROM pg_namespace WHERE nspname = $1", cancellationToken, options.Schema).ConfigureAwait(false) == 0)
        {
            await ExecuteAsync(connection, $"CREATE SCHEMA {Schema}", cancellationToken).ConfigureAwait(false);
        }

        var steps = All.Where(step => step.Version > version).ToArray();
        foreach (var step in steps)
        {
            await ExecuteAsync(connection, step.Sql, cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, "INSERT INTO schema_version (version, name) VALUES ($1, $2)", cancellationToken, step.Version, step.Name).ConfigureAwait(false);
        }

        if (options.ServiceRole is { } service)
        {
            var grants = Resource("grants.sql").Replace("{schema}", Schema, StringComparison.Ordinal)
                .Replace("{service}", $"\"{service.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", StringComparison.Ordinal);
            await ExecuteAsync(connection, grants, cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return steps;
    }

    /// <summary>The version; 0 for a schema that is absent or empty.</summary>
    private async Task<long> ReadVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // One question, hence one view of the catalogue: another silo may commit its migration between two.
        const string Tables = """
            SELECT CASE WHEN count(*) = 0 THEN 0 WHEN count(*) FILTER (WHERE c.relname IN ('schema_version', 'journal')) = 2 THEN 1 ELSE 2 END
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1
            """;
        switch (await ScalarAsync(connection, Tables, cancellationToken, options.Schema).ConfigureAwait(false))
        {
            case 0:
                return 0;
            case 2:
                throw new StorageRefusedException(
                    StorageRefusal.Foreign, $"{connections.Name} holds another program's tables; it was left as it is. Choose another schema.");
        }

        var version = await ScalarAsync(connection, $"SELECT coalesce(max(version), 0) FROM {Schema}.schema_version", cancellationToken).ConfigureAwait(false);
        return version <= Newest ? version : throw new StorageRefusedException(
            StorageRefusal.NewerVersion,
            string.Create(CultureInfo.InvariantCulture, $"{connections.Name} has version {version}, but this program knows only versions up to {Newest}; it was left as it is. Start a newer program."));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<long> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);
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

    private static Migration Step(int version, string name) =>
        new(version, name, Resource(string.Create(CultureInfo.InvariantCulture, $"{version:D4}-{name}.sql")));

    internal static string Resource(string file)
    {
        using var stream = typeof(Migrations).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"{file} is not in the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
