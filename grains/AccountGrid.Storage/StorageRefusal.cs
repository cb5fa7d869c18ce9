namespace AccountGrid.Storage;

/// <summary>Why a database is not opened.</summary>
public enum StorageRefusal
{
    /// <summary>Another store, of this process or another, has it open.</summary>
    InUse = 1,

    /// <summary>A newer program migrated it.</summary>
    NewerVersion = 2,

    /// <summary>It belongs to another program, or is no database.</summary>
    Foreign = 3,

    /// <summary>Its owner has to migrate it first.</summary>
    OlderVersion = 4,

    /// <summary>The server acknowledges commits before they are durable.</summary>
    NotDurable = 5,
}
