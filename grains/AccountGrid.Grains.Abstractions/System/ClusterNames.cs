namespace AccountGrid.Grains;

/// <summary>
/// The names by which the processes of a cluster find each other; a silo and a client that disagree about one do not
/// meet.
/// </summary>
public static class ClusterNames
{
    /// <summary>Orleans' name for the service; snapshots are kept under it.</summary>
    public const string ServiceId = "accountgrid";

    /// <summary>The schema of Orleans' tables (membership, grain storage), beside the store's own.</summary>
    /// <param name="storeSchema">The store's schema.</param>
    public static string OrleansSchemaOf(string storeSchema) => storeSchema + "_orleans";
}
