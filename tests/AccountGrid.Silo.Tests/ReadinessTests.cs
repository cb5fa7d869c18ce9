using AccountGrid.Grains;
using AccountGrid.Storage.Sqlite;
using AccountGrid.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccountGrid.Silo.Tests;

public sealed class ReadinessTests
{
    [Fact]
    public async Task Follows_the_store_and_the_stop()
    {
        using var directory = new TempDirectory();
        var store = new SqliteStore(
            new SqliteStorageOptions { DataDirectory = directory.FullPath }, TimeProvider.System);
        await store.OpenAsync(TestContext.Current.CancellationToken);
        using var lifetime = new Lifetime();
        var readiness = new Readiness(store.Feed, Alone, lifetime, TimeProvider.System);
        Assert.Equal(HealthStatus.Healthy, await CheckAsync(readiness));

        await lifetime.Stopping.CancelAsync();
        Assert.Equal(HealthStatus.Unhealthy, await CheckAsync(readiness));

        await store.DisposeAsync();
        using var running = new Lifetime();
        var closed = new Readiness(store.Feed, Alone, running, TimeProvider.System);
        Assert.Equal(HealthStatus.Unhealthy, await CheckAsync(closed));
    }

    [Fact]
    public async Task Startup_is_over_when_every_part_has_started()
    {
        using var lifetime = new Lifetime();
        Assert.Equal(HealthStatus.Unhealthy, await CheckAsync(new Startup(lifetime)));
        await lifetime.Started.CancelAsync();
        Assert.Equal(HealthStatus.Healthy, await CheckAsync(new Startup(lifetime)));
    }

    [Fact]
    public async Task Is_over_for_a_silo_that_was_declared_dead()
    {
        using var directory = new TempDirectory();
        var options = new SqliteStorageOptions { DataDirectory = directory.FullPath };
        await using var store = new SqliteStore(options, TimeProvider.System);
        await store.OpenAsync(TestContext.Current.CancellationToken);
        using var lifetime = new Lifetime();
        using var guard = new PauseGuard(TimeProvider.System, NullLogger<PauseGuard>.Instance, new Dead());
        var readiness = new Readiness(store.Feed, guard, lifetime, TimeProvider.System);
        while (!guard.IsDead)
        {
            // Until its first beat.
            await Task.Delay(PauseGuard.BeatInterval, TestContext.Current.CancellationToken);
        }

        Assert.Equal(HealthStatus.Unhealthy, await CheckAsync(readiness));
    }

    private static PauseGuard Alone => new(TimeProvider.System, NullLogger<PauseGuard>.Instance);

    private static async Task<HealthStatus> CheckAsync(IHealthCheck check) =>
        (await check.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken)).Status;

    private sealed class Dead : IMembershipRecord
    {
        public MembershipFact Heard => new(IsDead: true, 2);

        public Task<MembershipFact> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(Heard);
    }

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
