using AccountGrid.Silo.Tests;
using AccountGrid.Testing;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace AccountGrid.Silo.Tests;

/// <summary>
/// The one PostgreSQL server of these tests, started by the first that needs it and stopped after the last. Each test
/// takes a schema of its own.
/// </summary>
public sealed class SharedServer : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(static () => PostgresServer.StartNewAsync());
    private static int _schemas;

    /// <summary>The server; skips the test where there can be none.</summary>
    public static Task<PostgresServer> GetAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        return Server.Value;
    }

    /// <summary>A name that no other test has.</summary>
    public static string NewSchema() => $"test{Interlocked.Increment(ref _schemas)}";

    public async ValueTask DisposeAsync()
    {
        if (Server.IsValueCreated)
        {
            await (await Server.Value).DisposeAsync();
        }
    }
}
