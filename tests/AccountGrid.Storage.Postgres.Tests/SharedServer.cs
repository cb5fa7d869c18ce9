using AccountGrid.Storage.Postgres.Tests;
using AccountGrid.Testing;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace AccountGrid.Storage.Postgres.Tests;

/// <summary>
/// The one server of all tests that do not stop theirs, started by the first that needs it and stopped after the last.
/// </summary>
public sealed class SharedServer : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(static () => PostgresServer.StartNewAsync());

    /// <summary>The server; skips the test where there can be none.</summary>
    public static Task<PostgresServer> GetAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        return Server.Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (Server.IsValueCreated)
        {
            await (await Server.Value).DisposeAsync();
        }
    }
}
