namespace AccountGrid.Storage.Postgres;

/// <summary>Why a database is not opened. In every case it is left exactly as it was.</summary>
public enum PostgresStorageRefusal
{
    /// <summary>A newer program migrated it.</summary>
    NewerVersion = 1,

    /// <summary>The schema holds some other program's tables.</summary>
    Foreign = 2,

    /// <summary>It has to be migrated first, by its owner.</summary>
    OlderVersion = 3,

    /// <summary>The server does not let a commit be durable when it is answered.</summary>
    NotDurable = 4,
}

/// <summary>A database was refused at the start; the message names it (never the credentials) and says what to do.</summary>
public sealed class PostgresStorageRefusedException(PostgresStorageRefusal refusal, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public PostgresStorageRefusal Refusal { get; } = refusal;
}
