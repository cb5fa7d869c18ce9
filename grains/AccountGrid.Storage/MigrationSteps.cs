using System.Globalization;

namespace AccountGrid.Storage;

/// <summary>The steps of one schema, in the order in which they came about. Immutable.</summary>
/// <param name="all">The steps: their versions are 1, 2 and so on.</param>
public sealed class MigrationSteps(params IReadOnlyList<Migration> all)
{
    /// <summary>Every step.</summary>
    public IReadOnlyList<Migration> All => all;

    /// <summary>The version after the last step: the one that this program needs.</summary>
    public int Newest => all[^1].Version;

    /// <summary>The steps that a database of this version lacks; 0 = an empty database.</summary>
    public IReadOnlyList<Migration> After(long version) => [.. all.Where(step => step.Version > version)];

    /// <summary>Refuses a database that a newer program migrated.</summary>
    /// <param name="database">The name of the database in the error.</param>
    /// <param name="version">Its version.</param>
    /// <exception cref="StorageRefusedException">The version is newer than <see cref="Newest"/>.</exception>
    public void RefuseNewer(string database, long version)
    {
        if (version > Newest)
        {
            throw new StorageRefusedException(StorageRefusal.NewerVersion, string.Create(
                CultureInfo.InvariantCulture,
                $"{database} has version {version}, but this program knows only versions up to {Newest}; "
                + $"it was left as it is. Start a newer program."));
        }
    }

    /// <summary>The refusal of a database that its owner has to migrate first.</summary>
    /// <param name="database">The name of the database in the error.</param>
    /// <param name="version">Its version; 0 = it is empty or absent.</param>
    public StorageRefusedException Older(string database, long version) => new(
        StorageRefusal.OlderVersion,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{database} has version {version}, this program needs {Newest}. Migrate it as its owner first."));
}
