namespace AccountGrid.Storage.Postgres;

/// <summary>A schema of a PostgreSQL database that <see cref="SchemaMigrator"/> brings up to date.</summary>
/// <param name="Name">The schema's name, not quoted.</param>
/// <param name="Steps">Its steps. The first one creates a table <c>schema_version</c>.</param>
/// <param name="KnownTable">
/// A table of the first step beside <c>schema_version</c>, by which the schema is told from another program's.
/// </param>
/// <param name="Grants">
/// The statements that give the service's role its rights, with <c>{schema}</c> and <c>{service}</c> for the two names.
/// </param>
public sealed record PostgresSchema(string Name, MigrationSteps Steps, string KnownTable, string Grants)
{
    /// <summary>
    /// Whether a schema that a newer program migrated is used as it is. Default false: it is refused.
    /// </summary>
    public bool AcceptsNewer { get; init; }

    /// <summary>Whether <c>schema_version</c> has a column for a step's name. Default true.</summary>
    public bool NamesSteps { get; init; } = true;
}
