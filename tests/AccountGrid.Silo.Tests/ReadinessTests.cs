using AccountGrid.Storage.Sqlite;
using AccountGrid.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace AccountGrid.Silo.Tests;

public sealed class ReadinessTests
{
    [Fact]
    public async Task Follows_the_store_and_the_stop()
    {
        using var directory = new TempDirectory();
        var store = new SqliteStore(new SqliteStorageOptions { DataDirectory = directory.FullPath }, TimeProvider.System);
        await store.OpenAsync(TestContext.Current.CancellationToken);
        using var lifetime = new Lifetime();
        var readiness = new Readiness(store.Feed, lifetime, TimeProvider.System);
        Assert.Equal(HealthStatus.Healthy, await CheckAsync(readiness));

        await lifetime.Stopping.CancelAsync();
        Assert.Equal(HealthStatus.Unhealthy, await CheckAsync(readiness));

        await store.DisposeAsync();
        using var running = new Lifetime();
        Assert.Equal(HealthStatus.Unhealthy, await CheckAsync(new Readiness(store.Feed, running, TimeProvider.System)));
    }

    [Fact]
    public async Task Startup_is_over_when_every_part_has_started()
    {
        using var lifetime = new Lifetime();
        Assert.Equal(HealthStatus.Unhealthy, await CheckAsync(new Startup(lifetime)));
        await lifetime.Started.CancelAsync();
        Assert.Equal(HealthStatus.Healthy, await CheckAsync(new Startup(lifetime)));
    }

    private static async Task<HealthStatus> CheckAsync(IHealthCheck check) =>
        (await check.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken)).Status;

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        public CancellationTokenSource Started { get; } = new();

        public CancellationTokenSource Stopping { get; } = new();

        public CancellationToken ApplicationStarted => Started.Token;

        public CancellationToken ApplicationStopping => Stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => Stopping.Cancel();

        public void Dispose()
        {
            Started.Dispose();
            Stopping.Dispose();
        }
    }
}
