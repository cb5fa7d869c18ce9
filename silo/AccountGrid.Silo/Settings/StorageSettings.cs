using AccountGrid.Storage.Postgres;
using AccountGrid.Storage.Sqlite;

namespace AccountGrid.Silo;

/// <summary>Where a silo keeps what it owns: exactly one of the two stores.</summary>
/// <param name="DataDirectory">
/// The full path of the data directory: keys and the checkpoint log, and with SQLite everything.
/// </param>
/// <param name="Sqlite">One silo on SQLite.</param>
/// <param name="Postgres">A cluster on PostgreSQL.</param>
internal sealed record StorageSettings(
    string DataDirectory, SqliteStorageOptions? Sqlite, PostgresStorageOptions? Postgres);
