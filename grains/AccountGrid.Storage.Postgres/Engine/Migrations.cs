using System.Globalization;

namespace AccountGrid.Storage.Postgres;

/// <summary>The steps of the store's schema.</summary>
internal static class Migrations
{
    private static readonly MigrationSteps Steps = new(Step(1, "tables"), Step(2, "functions"), Step(3, "macs"));

    public static IReadOnlyList<Migration> All => Steps.All;

    public static int Newest => Steps.Newest;

    /// <summary>What brings the store's schema up to date.</summary>
    public static SchemaMigrator Of(PostgresStorageOptions options) =>
        new(new PostgresSchema(options.Schema, Steps, "journal", Resource("grants.sql")), options);

    internal static string Resource(string file)
    {
        using var stream = typeof(Migrations).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"{file} is not in the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static Migration Step(int version, string name) =>
        new(version, name, Resource(string.Create(CultureInfo.InvariantCulture, $"{version:D4}-{name}.sql")));
}
