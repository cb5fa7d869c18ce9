using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using Status = AccountGrid.V1.Account.Types.Status;

namespace AccountGrid.Client.Tests;

public static class StatusCacheTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    [Collection(nameof(SiloFixture))]
    public sealed class A_live_cache(SiloFixture fixture)
    {
        // It stands still: answers are never too old here.
        private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
        private readonly Faults _faults = new();

        [Fact]
        public async Task Reads_once_and_follows_every_change()
        {
            var stop = TestContext.Current.CancellationToken;
            var id = await fixture.Silo.AccountAsync();
            using var client = fixture.Silo.Create(faults: _faults, clock: _clock);
            using var kim = fixture.Silo.As("kim", "support");
            await using var cache = await StartAsync(client);
            Assert.True(await cache.IsActiveAsync(id, stop));
            await kim.Accounts.DeactivateAsync(new() { Id = id, Reason = "SPAM" }, stop);
            await Until.TrueAsync("it is seen down", async () => !await cache.IsActiveAsync(id, stop));
            Assert.Equal(Status.Deactivated, await cache.GetStatusAsync(id, stop));
            await kim.Accounts.RestoreAsync(new() { Id = id, Reason = "ERROR" }, stop);
            await Until.TrueAsync("it is seen up", async () => await cache.IsActiveAsync(id, stop));
            Assert.Equal(1, _faults.Count("BatchGetAccounts"));
        }

        [Fact]
        public async Task Knows_an_account_from_the_moment_it_is_registered()
        {
            var stop = TestContext.Current.CancellationToken;
            var id = fixture.Silo.NextId();
            using var client = fixture.Silo.Create(faults: _faults, clock: _clock);
            await using var cache = await StartAsync(client);
            Assert.Null(await cache.GetStatusAsync(id, stop));
            Assert.False(await cache.IsActiveAsync(id, stop));
            await client.Accounts.RegisterAsync(new() { Id = id, Handle = $"handle_{id}" }, stop);
            await Until.TrueAsync("it is seen", async () => await cache.IsActiveAsync(id, stop));
            Assert.Equal(1, _faults.Count("BatchGetAccounts"));
        }

        [Fact]
        public async Task Shares_reads_among_callers_at_a_time()
        {
            var stop = TestContext.Current.CancellationToken;
            var ids = new List<long>();
            for (var i = 0; i < 20; i++)
            {
                ids.Add(await fixture.Silo.AccountAsync());
            }

            using var client = fixture.Silo.Create(faults: _faults, clock: _clock);
            await using var cache = await StartAsync(client);
            var answers = await Task.WhenAll(
                Enumerable.Range(0, 2000).Select(i => cache.IsActiveAsync(ids[i % 20], stop).AsTask()));
            Assert.All(answers, Assert.True);
            Assert.InRange(_faults.Count("BatchGetAccounts"), 1, 40);
            Assert.Equal(20, cache.Count);
        }

        [Fact]
        public async Task Reads_again_what_is_in_memory_for_too_long()
        {
            var stop = TestContext.Current.CancellationToken;
            var id = await fixture.Silo.AccountAsync();
            using var client = fixture.Silo.Create(faults: _faults, clock: _clock);
            await using var cache = await StartAsync(client, o =>
            {
                o.StalenessBound = TimeSpan.FromMinutes(4);
                o.EntryLifetime = TimeSpan.FromSeconds(30);
            });
            await cache.IsActiveAsync(id, stop);
            _clock.Advance(TimeSpan.FromSeconds(31));
            Assert.True(cache.IsLive);
            Assert.True(await cache.IsActiveAsync(id, stop));
            Assert.Equal(2, _faults.Count("BatchGetAccounts"));
        }

        [Fact]
        public async Task Passes_on_why_a_read_failed()
        {
            using var nobody = fixture.Silo.Create(o => o.TokenProvider = fixture.Silo.Tokens("nobody"), clock: _clock);
            await using var cache = new AccountStatusCache(nobody, Options());
            var error = await Assert.ThrowsAsync<AccountGridException>(
                async () => await cache.IsActiveAsync(1, TestContext.Current.CancellationToken));
            Assert.Equal(StatusCode.PermissionDenied, error.Code);
            Assert.Null(cache.Lag);
        }

        [Fact]
        public async Task Ends_those_who_wait_when_it_is_disposed()
        {
            _faults.Hangs = static method => method == "BatchGetAccounts";
            using var client = fixture.Silo.Create(faults: _faults, clock: _clock);
            var cache = await StartAsync(client);
            var answer = cache.IsActiveAsync(1, TestContext.Current.CancellationToken).AsTask();
            await _faults.Hung.WaitAsync(TestContext.Current.CancellationToken);
            await cache.DisposeAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
            await cache.DisposeAsync();
        }
    }

    /// <summary>The bound itself, by a clock that the test moves.</summary>
    [Collection(nameof(DyingSilo))]
    public sealed class The_bound(DyingSilo fixture) : IAsyncLifetime
    {
        private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
        private readonly Faults _faults = new();
        private volatile bool _watchRefused;
        private readonly LivingSilo _silo = fixture.Silo;
        private long _id;

        public async ValueTask InitializeAsync()
        {
            _id = await _silo.AccountAsync();
            _faults.On = (method, send) => method == "WatchEvents" && _watchRefused
                ? throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused")
                : send();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        [Fact]
        public async Task Ends_answers_from_memory_when_the_stream_falls_silent_and_they_come_back_with_it()
        {
            var stop = TestContext.Current.CancellationToken;
            using var client = _silo.Create(faults: _faults, clock: _clock);
            await using var cache = await StartAsync(client, static o => o.WhenStale = WhenStale.Fail);
            Assert.True(await cache.IsActiveAsync(_id, stop));

            // Only a stream that has once said how far it is can fall silent.
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            await Until.TrueAsync(
                "the stream has said how far it is", () => Task.FromResult(cache.Lag == TimeSpan.Zero));
            Assert.True(_silo.Process.Pause());

            // Within the bound memory is as good as it was.
            _clock.Advance(Bound / 2);
            Assert.True(await cache.IsActiveAsync(_id, stop));
            _clock.Advance(Bound / 2 + TimeSpan.FromMinutes(1));
            Assert.False(cache.IsLive);
            var stale = await Assert.ThrowsAsync<AccountStatusStaleException>(
                async () => await cache.IsActiveAsync(_id, stop));
            Assert.Equal(Bound, stale.Bound);
            Assert.True(stale.Lag > Bound);
            Assert.True(_silo.Process.Resume());
            await Until.TrueAsync("it is live again", () => Task.FromResult(cache.IsLive),
                () => _clock.Advance(TimeSpan.FromMilliseconds(50)));
            Assert.True(await cache.IsActiveAsync(_id, stop));

            // Once more: a silent stream is a broken one, and what came over it may have come from a silo that had lost
            // its place.
            Assert.Equal(2, _faults.Count("BatchGetAccounts"));
        }

        [Fact]
        public async Task Makes_it_read_while_the_stream_is_broken()
        {
            var stop = TestContext.Current.CancellationToken;
            using var client = _silo.Create(faults: _faults, clock: _clock);
            using var kim = _silo.As("kim", "support");
            await using var cache = await StartAsync(client);
            Assert.True(await cache.IsActiveAsync(_id, stop));
            await BreakAsync(stop);
            _clock.Advance(Bound + TimeSpan.FromMinutes(1));
            await kim.Accounts.DeactivateAsync(new() { Id = _id, Reason = "SPAM" }, stop);
            Assert.False(await cache.IsActiveAsync(_id, stop));
            Assert.False(await cache.IsActiveAsync(_id, stop));
            Assert.Equal(3, _faults.Count("BatchGetAccounts"));
        }

        [Fact]
        public async Task Holds_over_a_break_because_what_was_missed_comes_before_it_is_live_again()
        {
            var stop = TestContext.Current.CancellationToken;
            using var client = _silo.Create(faults: _faults, clock: _clock);
            using var kim = _silo.As("kim", "support");
            await using var cache = await StartAsync(client, static o => o.WhenStale = WhenStale.Fail);
            Assert.True(await cache.IsActiveAsync(_id, stop));
            await BreakAsync(stop);
            await kim.Accounts.DeactivateAsync(new() { Id = _id, Reason = "SPAM" }, stop);
            _clock.Advance(Bound + TimeSpan.FromMinutes(1));
            await Assert.ThrowsAsync<AccountStatusStaleException>(async () => await cache.IsActiveAsync(_id, stop));
            _watchRefused = false;
            await Until.TrueAsync("it is live again", () => Task.FromResult(cache.IsLive),
                () => _clock.Advance(TimeSpan.FromMilliseconds(50)));
            Assert.False(await cache.IsActiveAsync(_id, stop));
            Assert.Equal(1, _faults.Count("BatchGetAccounts"));
        }

        [Fact]
        public async Task Is_not_met_by_a_read_that_took_longer()
        {
            var stop = TestContext.Current.CancellationToken;
            _faults.On = async (method, send) =>
            {
                var answer = await send();
                if (method == "BatchGetAccounts")
                {
                    await answer.Content.LoadIntoBufferAsync(stop);
                    _clock.Advance(Bound * 2);
                }

                return answer;
            };
            using var client = _silo.Create(faults: _faults, clock: _clock);
            await using var cache = await StartAsync(client);
            await Assert.ThrowsAsync<AccountStatusStaleException>(async () => await cache.IsActiveAsync(_id, stop));
        }

        [Fact]
        public async Task Keeps_nothing_before_the_watch_was_ever_connected()
        {
            var stop = TestContext.Current.CancellationToken;
            _watchRefused = true;
            using var client = _silo.Create(faults: _faults, clock: _clock);
            await using var cache = new AccountStatusCache(client, Options());
            Assert.True(await cache.IsActiveAsync(_id, stop));
            Assert.True(await cache.IsActiveAsync(_id, stop));
            Assert.Equal((2, 0, null), (_faults.Count("BatchGetAccounts"), cache.Count, cache.Lag));
            await using var strict = new AccountStatusCache(client, Options(static o => o.WhenStale = WhenStale.Fail));
            var stale = await Assert.ThrowsAsync<AccountStatusStaleException>(
                async () => await strict.IsActiveAsync(_id, stop));
            Assert.Null(stale.Lag);
        }

        // The stream ends with the process, and no other one begins.
        private async Task BreakAsync(CancellationToken stop)
        {
            _watchRefused = true;
            await _silo.Process.KillAsync();
            await _silo.Process.RestartAsync(stop);
        }
    }

    /// <summary>
    /// Both of these by the real clock: that progress really comes often enough, with nothing else happening.
    /// </summary>
    [Collection(nameof(SiloFixture))]
    public sealed class By_the_real_clock(SiloFixture fixture)
    {
        [Fact]
        public async Task A_quiet_stream_keeps_the_cache_live()
        {
            var stop = TestContext.Current.CancellationToken;
            var faults = new Faults();
            using var client = fixture.Silo.Create(faults: faults);
            await using var cache =
                new AccountStatusCache(
                    client, new AccountStatusCacheOptions { StalenessBound = TimeSpan.FromSeconds(2) });
            await cache.WaitUntilLiveAsync(stop);
            var began = TimeProvider.System.GetTimestamp();
            var live = 0;
            var looks = 0;
            while (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(5))
            {
                looks++;
                live += cache.IsLive ? 1 : 0;
                await Task.Delay(TimeSpan.FromMilliseconds(20), stop);
            }

            // On a machine that is out of breath it may fall behind for a moment, and says so.
            Assert.InRange(live, looks / 2, looks);
        }
    }

    private static AccountStatusCacheOptions Options(Action<AccountStatusCacheOptions>? configure = null)
    {
        var options = new AccountStatusCacheOptions { StalenessBound = Bound };
        configure?.Invoke(options);
        return options;
    }

    private static async Task<AccountStatusCache> StartAsync(
        AccountGridClient client, Action<AccountStatusCacheOptions>? configure = null)
    {
        var cache = new AccountStatusCache(client, Options(configure));
        await cache.WaitUntilLiveAsync(TestContext.Current.CancellationToken);
        return cache;
    }
}
