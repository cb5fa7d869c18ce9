using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Grains;
using AccountGrid.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>What the watchdog finds, what it mends, and what it ends the process for.</summary>
public sealed class WatchdogTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider _clock = new();
    private readonly TestMeters _meters = new();
    private readonly Lifetime _lifetime = new();
    private readonly Feed _feed = new();
    private readonly Row _row = new();
    private readonly List<Action> _queued = [];
    private readonly List<int> _ended = [];
    private readonly PauseGuard _guard;
    private bool _isPoolStuck;

    public WatchdogTests() => _guard = new(_clock, NullLogger<PauseGuard>.Instance);

    public void Dispose()
    {
        _guard.Dispose();
        _lifetime.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task A_silo_whose_runtime_does_its_work_is_well()
    {
        using var watchdog = New();
        await RunAsync(watchdog, Long);
        Assert.Empty(_ended);
        Assert.Equal((HealthStatus.Healthy, 0, 0), (await HealthAsync(watchdog), _row.Renewals, _row.Refreshes));
    }

    [Fact]
    public async Task A_silo_that_is_alone_has_no_row_to_lose()
    {
        using var watchdog = New(isAlone: true);
        Assert.Equal(["thread_pool", "store"], watchdog.Vitals.Select(static v => v.Name));
        await RunAsync(watchdog, Long);
        Assert.Equal((HealthStatus.Healthy, 0), (await HealthAsync(watchdog), _ended.Count));
    }

    [Fact]
    public async Task A_row_that_the_runtime_does_not_renew_is_renewed()
    {
        using var watchdog = New();
        _row.RuntimeRenews = false;
        for (var i = 0; i < 100; i++)
        {
            await RunAsync(watchdog, TimeSpan.FromSeconds(1));
            Assert.Equal(HealthStatus.Healthy, await HealthAsync(watchdog));
        }

        Assert.InRange(_row.Renewals, 10, 15);
        Assert.Empty(_ended);
    }

    [Fact]
    public async Task The_membership_is_read_where_the_runtime_has_not_heard_of_a_change()
    {
        using var watchdog = New();
        _row.Version = 2;
        await RunAsync(watchdog, Watchdog.RefreshAfter + TimeSpan.FromSeconds(3));
        Assert.Equal((1, 2), (_row.Refreshes, _row.Heard.Version));
        await RunAsync(watchdog, Long);
        Assert.Equal((1, 0), (_row.Refreshes, _ended.Count));
    }

    [Fact]
    public async Task A_silo_that_cannot_hear_of_a_change_is_not_ready_and_ends_after_a_minute()
    {
        using var watchdog = New();
        await RunAsync(watchdog, TimeSpan.FromSeconds(4));
        (_row.Version, _row.RefreshHelps) = (2, false);
        await RunAsync(watchdog, TimeSpan.FromSeconds(55));
        Assert.Equal((HealthStatus.Unhealthy, 0), (await HealthAsync(watchdog), _ended.Count));
        await RunAsync(watchdog, TimeSpan.FromSeconds(8));
        Assert.Contains(SiloCommand.Unwell, _ended);
    }

    [Fact]
    public async Task A_thread_pool_that_runs_nothing_ends_the_process_after_half_a_minute()
    {
        using var watchdog = New();
        await RunAsync(watchdog, TimeSpan.FromSeconds(4));
        _isPoolStuck = true;
        await RunAsync(watchdog, TimeSpan.FromSeconds(29));
        Assert.Equal((HealthStatus.Unhealthy, 0), (await HealthAsync(watchdog), _ended.Count));
        await RunAsync(watchdog, TimeSpan.FromSeconds(2));
        Assert.Contains(SiloCommand.Unwell, _ended);
    }

    [Fact]
    public async Task A_thread_pool_that_was_busy_is_well_again()
    {
        using var watchdog = New();
        _isPoolStuck = true;
        await RunAsync(watchdog, TimeSpan.FromSeconds(20));
        _isPoolStuck = false;
        await RunAsync(watchdog, TimeSpan.FromSeconds(1));
        Assert.Equal((HealthStatus.Healthy, 0), (await HealthAsync(watchdog), _ended.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_silo_that_was_declared_dead_and_still_runs_ends_within_five_seconds(bool runtimeKnows)
    {
        using var watchdog = New();
        await RunAsync(watchdog, TimeSpan.FromSeconds(10));
        _row.IsDead = true;
        _row.Heard = new(runtimeKnows, 1);
        await RunAsync(watchdog, TimeSpan.FromSeconds(5));
        Assert.Contains(SiloCommand.Unwell, _ended);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_shown_and_nothing_else_is_judged_by_it()
    {
        using var watchdog = New();
        _feed.Fails = true;
        (_row.RuntimeRenews, _row.Version, _row.RefreshHelps) = (false, 2, false);
        await RunAsync(watchdog, Long);
        Assert.Equal(["store"], watchdog.Unwell.Select(static v => v.Name));
        Assert.Empty(_ended);
    }

    [Fact]
    public async Task A_process_that_stood_still_is_not_judged_by_the_time_of_that()
    {
        using var watchdog = New();
        await RunAsync(watchdog, TimeSpan.FromSeconds(3));
        _clock.Advance(TimeSpan.FromHours(1));
        await RunAsync(watchdog, TimeSpan.FromSeconds(1));
        Assert.Equal((HealthStatus.Healthy, 0), (await HealthAsync(watchdog), _ended.Count));
    }

    [Fact]
    public async Task A_silo_that_stops_is_not_ended()
    {
        using var watchdog = New();
        await _lifetime.Stopping.CancelAsync();
        (_row.IsDead, _isPoolStuck) = (true, true);
        await RunAsync(watchdog, Long);
        Assert.Empty(_ended);
    }

    private Watchdog New(bool isAlone = false) => new(
        _feed, _guard, new WatchdogMeters(_meters), _clock, _lifetime, NullLogger<Watchdog>.Instance,
        isAlone ? null : _row, _queued.Add, _ended.Add);

    private async Task RunAsync(Watchdog watchdog, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Watchdog.Interval)
        {
            _clock.Advance(Watchdog.Interval);
            _row.Tick(_clock.GetUtcNow().UtcDateTime);
            watchdog.Look();
            await watchdog.Examination;
            if (!_isPoolStuck)
            {
                _queued.ForEach(static work => work());
                _queued.Clear();
            }
        }
    }

    private static async Task<HealthStatus> HealthAsync(Watchdog watchdog) =>
        (await new WatchdogHealth(watchdog).CheckHealthAsync(
            new HealthCheckContext(), TestContext.Current.CancellationToken)).Status;

    /// <summary>A row, and a runtime that renews it every five seconds and hears of what it reads.</summary>
    private sealed class Row : ISiloRow
    {
        private DateTime _aliveAt;

        public MembershipFact Heard { get; set; } = new(IsDead: false, 1);

        public bool IsDead { get; set; }

        public long Version { get; set; } = 1;

        public bool RuntimeRenews { get; set; } = true;

        public bool RefreshHelps { get; set; } = true;

        public int Renewals { get; private set; }

        public int Refreshes { get; private set; }

        public void Tick(DateTime now) =>
            _aliveAt = RuntimeRenews && now - _aliveAt >= TimeSpan.FromSeconds(5) ? now : _aliveAt;

        public Task<MembershipFact> ReadAsync(CancellationToken cancellationToken) =>
            Task.FromResult(new MembershipFact(IsDead, Version));

        public Task<SiloRow> ReadRowAsync(CancellationToken cancellationToken) =>
            Task.FromResult(new SiloRow(IsDead, _aliveAt, Version));

        public Task RenewAsync(CancellationToken cancellationToken)
        {
            Renewals++;
            _aliveAt += TimeSpan.FromTicks(1);
            return Task.CompletedTask;
        }

        public Task RefreshAsync(CancellationToken cancellationToken)
        {
            Refreshes++;
            Heard = RefreshHelps ? Heard with { Version = Version } : Heard;
            return Task.CompletedTask;
        }
    }

    private sealed class Feed : IJournalFeed
    {
        public bool Fails { get; set; }

        public Task<long> ReadHeadAsync(CancellationToken cancellationToken) => Fails
            ? Task.FromException<long>(new StorageUnavailableException("It is away.", null, true, false))
            : Task.FromResult(1L);

        public Task<ImmutableArray<CommittedEntry>> ReadAfterAsync(
            long position, int max, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ImmutableArray<CommittedEntry>> ReadBeforeAsync(
            long position, JournalFilter filter, int max, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task WaitForAsync(long position, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
