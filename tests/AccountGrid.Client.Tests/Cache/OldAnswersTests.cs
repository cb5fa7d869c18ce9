using Microsoft.Extensions.Time.Testing;

namespace AccountGrid.Client.Tests;

/// <summary>
/// Reads that a server answers from a state that is over. A silo that was stopped (SIGSTOP), declared dead and woken
/// did so for a second: its answers entered the cache after the takedown's event had passed, and accounts
/// that were down were ACTIVE for minutes. Here a real silo's earlier answer is given again.
/// </summary>
public static class OldAnswersTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    [Collection(nameof(DyingSilo))]
    public sealed class An_old_answer(DyingSilo fixture) : IAsyncLifetime
    {
        // It stands still unless a test moves it.
        private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
        private readonly Faults _faults = new();
        private readonly LivingSilo _silo = fixture.Silo;
        private AccountGridClient _client = null!;
        private AccountGridClient _kim = null!;
        private volatile Recording? _old;
        private volatile bool _isBehind;
        private volatile bool _watchRefused;
        private long _id;

        public async ValueTask InitializeAsync()
        {
            _id = await _silo.AccountAsync();
            _client = _silo.Create(faults: _faults, clock: _clock);
            _kim = _silo.As("kim", "support");
            _faults.On = OnAsync;
        }

        public ValueTask DisposeAsync()
        {
            _client.Dispose();
            _kim.Dispose();
            return ValueTask.CompletedTask;
        }

        [Fact]
        public async Task Is_refused_after_the_event_and_memory_answers()
        {
            var stop = TestContext.Current.CancellationToken;
            await using var cache = await StartAsync();
            await RecordAsync(stop);
            await TakeDownAsync(cache, stop);
            _isBehind = true;

            // It was never asked for here, but the event is remembered, and is the answer.
            Assert.False(await AskAsync(cache, stop));
            _clock.Advance(Bound * 4);
            await UntilLiveAsync(cache);
            Assert.False(await AskAsync(cache, stop));
        }

        [Fact]
        public async Task Is_refused_when_what_is_in_memory_has_had_its_time()
        {
            var stop = TestContext.Current.CancellationToken;
            await using var cache = await StartAsync(TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(1));
            await RecordAsync(stop);
            await TakeDownAsync(cache, stop);
            _clock.Advance(TimeSpan.FromMinutes(2));
            _isBehind = true;
            await Assert.ThrowsAsync<AccountStatusStaleException>(() => AskAsync(cache, stop));
        }

        [Fact]
        public async Task Is_refused_while_the_stream_is_broken_and_is_no_answer()
        {
            var stop = TestContext.Current.CancellationToken;
            await using var cache = await StartAsync();
            await RecordAsync(stop);
            await TakeDownAsync(cache, stop);
            _watchRefused = true;
            await _silo.Process.KillAsync();
            await _silo.Process.RestartAsync(stop);
            _clock.Advance(Bound + TimeSpan.FromMinutes(1));
            _isBehind = true;
            var reads = _faults.Count("BatchGetAccounts");
            await Assert.ThrowsAsync<AccountStatusStaleException>(() => AskAsync(cache, stop));
            Assert.Equal(reads + 3, _faults.Count("BatchGetAccounts"));

            // One that is up to date again is believed at once.
            _isBehind = false;
            Assert.False(await AskAsync(cache, stop));
        }

        [Fact]
        public async Task Is_forgotten_with_the_connection_that_it_came_over()
        {
            var stop = TestContext.Current.CancellationToken;
            await using (var before = await StartAsync())
            {
                await RecordAsync(stop);
            }

            // The takedown is over before this cache watches: no event can tell it.
            await TakeDownAsync(_id, stop);
            _isBehind = true;
            await using var cache = await StartAsync();
            Assert.True(await AskAsync(cache, stop));
            Assert.Equal(1, cache.Count);
            _isBehind = false;
            await _silo.Process.KillAsync();
            await Until.TrueAsync("what was read is forgotten", () => Task.FromResult(cache.Count == 0));
            await _silo.Process.RestartAsync(stop);
            await UntilLiveAsync(cache);
            Assert.False(await AskAsync(cache, stop));
        }

        [Fact]
        public async Task Is_not_kept_when_it_comes_after_the_connection_broke_that_it_was_asked_for_over()
        {
            var stop = TestContext.Current.CancellationToken;
            var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var cache = await StartAsync(TimeSpan.FromMinutes(4));
            _faults.On = async (method, send) =>
            {
                if (method != "BatchGetAccounts" || arrived.Task.IsCompleted)
                {
                    return await send();
                }

                var answer = await Recording.OfAsync(await send(), stop);
                arrived.SetResult();
                await released.Task;
                return answer.Play();
            };
            var asked = cache.IsActiveAsync(_id, stop).AsTask();
            await arrived.Task.WaitAsync(stop);
            var watches = _faults.Count("WatchEvents");
            await _silo.Process.KillAsync();
            await _silo.Process.RestartAsync(stop);
            await Until.TrueAsync(
                "there is another connection", () => Task.FromResult(_faults.Count("WatchEvents") > watches), Tick);
            released.SetResult();
            Assert.True(await AnswerAsync(asked));
            Assert.Equal(0, cache.Count);
        }

        [Fact]
        public async Task Is_not_kept_from_between_two_connections()
        {
            var stop = TestContext.Current.CancellationToken;
            await using var cache = await StartAsync(TimeSpan.FromMinutes(4));
            _watchRefused = true;
            await _silo.Process.KillAsync();
            await _silo.Process.RestartAsync(stop);
            await Until.TrueAsync("it has noticed", () => Task.FromResult(_faults.Count("WatchEvents") > 1), Tick);
            Assert.True(await AskAsync(cache, stop));
            Assert.Equal(1, cache.Count);
            _watchRefused = false;
            await Until.TrueAsync("it is forgotten", () => Task.FromResult(cache.Count == 0), Tick);
            Assert.True(await AskAsync(cache, stop));
            Assert.Equal(1, cache.Count);
        }

        private async Task<HttpResponseMessage> OnAsync(string method, Func<Task<HttpResponseMessage>> send)
        {
            if (method == "WatchEvents" && _watchRefused)
            {
                throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
            }

            if (method == "BatchGetAccounts" && _isBehind)
            {
                return _old!.Play();
            }

            var response = await send();
            if (method == "BatchGetAccounts" && _old is null)
            {
                _old = await Recording.OfAsync(response, TestContext.Current.CancellationToken);
                return _old.Play();
            }

            return response;
        }

        /// <summary>By a cache that is gone afterwards, so that the one under test has nothing in memory.</summary>
        private async Task RecordAsync(CancellationToken stop)
        {
            await using var other = await StartAsync();
            Assert.True(await AskAsync(other, stop));
            Assert.NotNull(_old);
        }

        private async Task TakeDownAsync(long id, CancellationToken stop) =>
            await _kim.Accounts.DeactivateAsync(new() { Id = id, Reason = "SPAM" }, stop);

        /// <summary>
        /// Takes it down and waits until the cache has heard of it: events come in order, so a later one that has
        /// arrived shows that this one has.
        /// </summary>
        private async Task TakeDownAsync(AccountStatusCache cache, CancellationToken stop)
        {
            var later = await _silo.AccountAsync();
            Assert.True(await cache.IsActiveAsync(later, stop));
            var reads = _faults.Count("BatchGetAccounts");
            await TakeDownAsync(_id, stop);
            await TakeDownAsync(later, stop);
            await Until.TrueAsync("the later event has come", async () => !await cache.IsActiveAsync(later, stop));
            Assert.Equal(reads, _faults.Count("BatchGetAccounts"));
        }

        private Task<bool> AskAsync(AccountStatusCache cache, CancellationToken stop) =>
            AnswerAsync(cache.IsActiveAsync(_id, stop).AsTask());

        /// <summary>
        /// Waits for a read. One that was refused, because the silo has just started again, pauses by the client's
        /// clock before it is repeated, and that clock moves only here.
        /// </summary>
        private async Task<bool> AnswerAsync(Task<bool> asked)
        {
            await Until.TrueAsync("the read has its answer", () => Task.FromResult(asked.IsCompleted), Tick);
            return await asked;
        }

        private Task UntilLiveAsync(AccountStatusCache cache) =>
            Until.TrueAsync("it is live", () => Task.FromResult(cache.IsLive), Tick);

        private void Tick() => _clock.Advance(TimeSpan.FromMilliseconds(50));

        private async Task<AccountStatusCache> StartAsync(TimeSpan? bound = null, TimeSpan? lifetime = null)
        {
            var cache = new AccountStatusCache(
                _client,
                new AccountStatusCacheOptions
                {
                    StalenessBound = bound ?? Bound,
                    EntryLifetime = lifetime ?? TimeSpan.FromMinutes(10),
                });
            await UntilLiveAsync(cache);
            return cache;
        }
    }
}
