using AccountGrid.Testing;
using Microsoft.Data.Sqlite;
using Orleans.Configuration;

namespace AccountGrid.Silo.Tests;

/// <summary>Snapshots of the embedded silo.</summary>
public sealed class SnapshotDatabaseTests : GrainStorageContract
{
    private readonly TempDirectory _directory = new();

    protected override string PayloadAsText => "SELECT CAST(PayloadBinary AS TEXT) FROM OrleansStorage";

    private string File => _directory.File("grains.db");

    [Fact]
    public void A_newer_version_is_refused()
    {
        var other = _directory.File("other.db");
        SnapshotDatabase.Open(other);
        using (var connection = new SqliteConnection($"Data Source={other};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 2";
            command.ExecuteNonQuery();
        }

        Assert.Contains("other.db", Assert.Throws<InvalidDataException>(() => SnapshotDatabase.Open(other)).Message,
            StringComparison.Ordinal);
    }

    protected override Task MakeDatabaseAsync()
    {
        Assert.Null(SnapshotDatabase.Open(File));
        return Task.CompletedTask;
    }

    protected override Task RemoveDatabaseAsync()
    {
        SqliteConnection.ClearAllPools();
        _directory.Dispose();
        return Task.CompletedTask;
    }

    protected override void Connect(AdoNetGrainStorageOptions options) =>
        (options.Invariant, options.ConnectionString) =
            (SnapshotDatabase.Invariant, SnapshotDatabase.ConnectionString(File));

    protected override async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }
}
