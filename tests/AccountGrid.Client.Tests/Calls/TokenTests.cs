using AccountGrid.Testing;
using Microsoft.Extensions.Time.Testing;

namespace AccountGrid.Client.Tests;

public static class TokenTests
{
    public sealed class Text
    {
        [Theory]
        [InlineData("")]
        [InlineData("two words")]
        [InlineData("line\nfeed")]
        [InlineData("ümlaut")]
        public void That_is_no_token_is_refused_without_repeating_it(string text)
        {
            var error = Assert.Throws<ArgumentException>(() => new AccountGridToken(text));
            Assert.DoesNotContain(text.Length == 0 ? "\0" : text, error.Message, StringComparison.Ordinal);
        }

        [Fact]
        public void Is_not_in_its_own_description() =>
            Assert.DoesNotContain("secret", new AccountGridToken("secret", DateTimeOffset.UnixEpoch).ToString(),
                StringComparison.Ordinal);
    }

    public sealed class Keeping
    {
        private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        private int _asked;

        [Fact]
        public async Task Asks_once_and_again_shortly_before_the_end()
        {
            var source = Source(TimeSpan.FromHours(1));
            Assert.Equal("t1", await NextAsync(source));
            _clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(31));
            Assert.Equal("t1", await NextAsync(source));
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("t2", await NextAsync(source));
        }

        [Fact]
        public async Task Gives_up_no_more_than_a_tenth_of_a_short_life()
        {
            var source = Source(TimeSpan.FromSeconds(10));
            Assert.Equal("t1", await NextAsync(source));
            _clock.Advance(TimeSpan.FromSeconds(8.9));
            Assert.Equal("t1", await NextAsync(source));
            _clock.Advance(TimeSpan.FromSeconds(0.2));
            Assert.Equal("t2", await NextAsync(source));
        }

        [Fact]
        public async Task Asks_once_for_many_callers_at_a_time()
        {
            var gate = new TaskCompletionSource();
            var source = new TokenSource(
                AccountGridTokenProvider.FromDelegate(async _ =>
                {
                    await gate.Task;
                    return new AccountGridToken($"t{++_asked}");
                }),
                _clock);
            var callers = Enumerable.Range(0, 20).Select(_ => NextAsync(source)).ToArray();
            gate.SetResult();
            Assert.All(await Task.WhenAll(callers), static t => Assert.Equal("t1", t));
        }

        [Fact]
        public async Task Forgets_a_refused_token_but_not_the_one_that_came_after_it()
        {
            var source = Source(TimeSpan.FromHours(1));
            var first = await source.GetAsync(TestContext.Current.CancellationToken);
            source.Refused(first);
            Assert.Equal("t2", await NextAsync(source));
            source.Refused(first);
            Assert.Equal("t2", await NextAsync(source));
        }

        private static async Task<string> NextAsync(TokenSource source) =>
            (await source.GetAsync(TestContext.Current.CancellationToken)).Value;

        private TokenSource Source(TimeSpan life) =>
            new(AccountGridTokenProvider.FromDelegate(
                _ => ValueTask.FromResult(new AccountGridToken($"t{++_asked}", _clock.GetUtcNow() + life))), _clock);
    }

    [Collection(nameof(SiloFixture))]
    public sealed class Against_a_silo(SiloFixture fixture)
    {
        [Fact]
        public async Task A_refused_token_is_renewed_once_and_the_call_goes_through()
        {
            var asked = 0;
            var faults = new Faults();
            using var client = fixture.Silo.Create(
                o => o.TokenProvider = AccountGridTokenProvider.FromDelegate(_ => ValueTask.FromResult(
                    new AccountGridToken(
                        ++asked == 1 ? "not-a-token" : fixture.Silo.Process.Token("network", "service")))),
                faults);
            var id = await fixture.Silo.AccountAsync();
            Assert.Equal(id,
                (await client.Accounts.GetAsync(id, cancellationToken: TestContext.Current.CancellationToken)).Id);
            await client.Accounts.GetAsync(id, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal((2, 3), (asked, faults.Count("GetAccount")));
        }

        [Fact]
        public async Task What_the_provider_throws_reaches_the_caller_as_it_is()
        {
            using var client =
                fixture.Silo.Create(
                    o => o.TokenProvider =
                        AccountGridTokenProvider.FromDelegate(_ => throw new TimeoutException("no tokens today")));
            var error = await Assert.ThrowsAsync<TimeoutException>(
                () => client.Accounts.GetAsync(1, cancellationToken: TestContext.Current.CancellationToken));
            Assert.Equal("no tokens today", error.Message);
        }

        [Fact]
        public async Task Another_persons_tokens_share_the_connection()
        {
            using var network = fixture.Silo.Network();
            var id = await fixture.Silo.AccountAsync();
            using (var kim = network.With(fixture.Silo.Tokens("kim", "support")))
            {
                await kim.Accounts.DeactivateAsync(
                    new() { Id = id, Reason = "SPAM" }, TestContext.Current.CancellationToken);
                var seen = await kim.Accounts.GetAsync(
                    id, cancellationToken: TestContext.Current.CancellationToken);
                Assert.Equal("kim", Assert.Single(seen.Holds).PlacedBy.Subject);
            }

            var account = await network.Accounts.GetAsync(id, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Null(Assert.Single(account.Holds).PlacedBy);
        }

        [Fact]
        public async Task Health_needs_none()
        {
            using var client = fixture.Silo.Create(static o => o.TokenProvider = null);
            Assert.Equal(
                Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving,
                (await client.CheckHealthAsync(TestContext.Current.CancellationToken)).Status);
        }

        [Fact]
        public async Task A_watch_goes_on_with_another_token_when_the_first_one_ends()
        {
            var stop = TestContext.Current.CancellationToken;
            var faults = new Faults();
            var id = await fixture.Silo.AccountAsync();

            // The client does not know when it ends; the server allows clocks to differ by half a minute.
            var asked = 0;
            using var client = fixture.Silo.Create(
                o => o.TokenProvider =
                    AccountGridTokenProvider.FromDelegate(
                        _ => ValueTask.FromResult(new AccountGridToken(TestTokens.Mint(
                    fixture.Silo.Process.DataDirectory, "network", ["service"], ++asked == 1
                        ? TimeSpan.FromSeconds(-60)
                        : null)))),
                faults);
            await using var changes =
                client.Events.WatchAsync(new AccountWatchOptions { AfterPosition = 0, Accounts = [id] })
                    .GetAsyncEnumerator(stop);
            Assert.True(await changes.MoveNextAsync());
            Assert.Equal((id, 2), (changes.Current.Account, faults.Count("WatchEvents")));
        }
    }
}
