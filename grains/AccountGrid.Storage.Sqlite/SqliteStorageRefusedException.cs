namespace AccountGrid.Storage.Sqlite;

/// <summary>Why a data directory is not opened. In every case its database is left exactly as it was.</summary>
public enum SqliteStorageRefusal
{
    /// <summary>Another store, of this process or another, has it open.</summary>
    InUse = 1,

    /// <summary>A newer program wrote the database.</summary>
    NewerVersion = 2,

    /// <summary>The file is some other program's database, or no database.</summary>
    Foreign = 3,
}

/// <summary>A data directory was refused at the start; the message names it and says what to do.</summary>
public sealed class SqliteStorageRefusedException(SqliteStorageRefusal refusal, string path, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public SqliteStorageRefusal Refusal { get; } = refusal;

    /// <summary>The directory or file that was refused.</summary>
    public string Path { get; } = path;
}
