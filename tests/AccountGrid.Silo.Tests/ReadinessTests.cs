using AccountGrid.Application;
using AccountGrid.Grains;
using AccountGrid.Storage.Sqlite;
using AccountGrid.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
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
        var readiness = new Readiness(store, store.Feed, Alone, lifetime, TimeProvider.System);
        Assert.Equal(HealthStatus.Healthy, await CheckAsync(readiness));

        await lifetime.Stopping.CancelAsync();
        Assert.Equal(HealthStatus.Unhealthy, await CheckAsync(readiness));

        await store.DisposeAsync();
        using var running = new Lifetime();
        var closed = new Readiness(store, store.Feed, Alone, running, TimeProvider.System);
        Assert.Equal(HealthStatus.Unhealthy, await CheckAsync(closed));
    }

    // The disk was full and readiness said 200, so that the load balancer went on sending commands.
    [Fact]
    public async Task Says_for_half_a_minute_that_the_disk_is_full()
    {
        using var directory = new TempDirectory();
        await using var store = new SqliteStore(
            new SqliteStorageOptions { DataDirectory = directory.FullPath }, TimeProvider.System);
        await store.OpenAsync(TestContext.Current.CancellationToken);
        using var lifetime = new Lifetime();
        var now = TimeProvider.System.GetUtcNow();
        foreach (var (ago, status) in new[] { (0, HealthStatus.Unhealthy), (40, HealthStatus.Healthy) })
        {
            var full = new InTrouble(store, new WriteTrouble("disk full", now.AddSeconds(-ago)));
            var readiness = new Readiness(full, store.Feed, Alone, lifetime, TimeProvider.System);
            var result = await readiness.CheckHealthAsync(
                new HealthCheckContext(), TestContext.Current.CancellationToken);
            Assert.Equal(
                (status, status == HealthStatus.Healthy ? null : "the store cannot write: disk full"),
                (result.Status, result.Description));
        }
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
        var readiness = new Readiness(store, store.Feed, guard, lifetime, TimeProvider.System);
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

    /// <summary>The real store, whose last write failed.</summary>
    private sealed class InTrouble(SqliteStore store, WriteTrouble trouble) : IStore
    {
        public WriteTrouble? Trouble => trouble;

        public IJournal Journal => store.Journal;

        public IStreamIndex Index => store.Index;

        public IHarmLog HarmLog => store.HarmLog;

        public IFollowerLedger Ledger => store.Ledger;

        public IFollowerAudit FollowerAudit => store.FollowerAudit;

        public IJournalFeed Feed => store.Feed;

        public IAuditSource Audit => store.Audit;

        public ICheckpointStore Checkpoints => store.Checkpoints;

        public IMacBoundaryStore MacBoundaries => store.MacBoundaries;

        public IDerivedSource Derived => store.Derived;

        public Task OpenAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

        public Task<IStoreLoad> BeginLoadAsync(CancellationToken cancellationToken) =>
            store.BeginLoadAsync(cancellationToken);

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }

    private sealed class Dead : IMembershipRecord
    {
        public MembershipFact Heard => new(IsDead: true, 2);

        public Task<MembershipFact> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(Heard);
    }
}
