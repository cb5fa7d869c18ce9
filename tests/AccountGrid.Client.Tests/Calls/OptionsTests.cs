using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccountGrid.Client.Tests;

public static class OptionsTests
{
    public sealed class Creating
    {
        [Theory]
        [InlineData(null, "Address is missing")]
        [InlineData("ftp://127.0.0.1", "Address must be http or https")]
        [InlineData("http://127.0.0.1:5181/path", "Address must be http or https")]
        [InlineData("http://user:secret@127.0.0.1:5181", "Address must be http or https")]
        [InlineData("http://accountgrid.example:5181", "tokens would travel in the clear")]
        public void Refuses_an_address_and_says_why(string? address, string says)
        {
            var options = new AccountGridClientOptions
            {
                Address = address is null ? null : new Uri(address),
                TokenProvider = AccountGridTokenProvider.FromToken("t"),
            };
            var error = Assert.Throws<ArgumentException>(() => AccountGridClient.Create(options));
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        }

        [Theory]
        [InlineData("http://127.0.0.1:5181", false)]
        [InlineData("http://localhost:5181", false)]
        [InlineData("http://[::1]:5181", false)]
        [InlineData("https://accountgrid.example", false)]
        [InlineData("http://accountgrid.example:5181", true)]
        public void Takes_an_address(string address, bool allowed)
        {
            using var client = AccountGridClient.Create(new AccountGridClientOptions
            {
                Address = new Uri(address),
                AllowUnencryptedTokens = allowed,
                TokenProvider = AccountGridTokenProvider.FromToken("t"),
            });
            Assert.NotNull(client.With(AccountGridTokenProvider.FromToken("u")));
        }

        [Fact]
        public void Names_every_fault_at_once()
        {
            var error = Assert.Throws<ArgumentException>(() => AccountGridClient.Create(new AccountGridClientOptions
            {
                Address = new Uri("http://127.0.0.1:5181"),
                MaxReceiveMessageBytes = 1,
                MaxSendMessageBytes = 1,
                Deadlines = { Read = TimeSpan.Zero, Command = TimeSpan.Zero, Undo = TimeSpan.Zero,
                    Verify = TimeSpan.Zero, IngestStream = TimeSpan.Zero },
                Retry =
                {
                    MaxAttempts = 0,
                    FirstDelay = TimeSpan.FromSeconds(2),
                    LongestDelay = TimeSpan.FromSeconds(1),
                },
            }));
            foreach (var name in new[]
            {
                "MaxReceiveMessageBytes", "MaxSendMessageBytes", "Deadlines.Read", "Deadlines.Command",
                    "Deadlines.Undo", "Deadlines.Verify", "Deadlines.IngestStream", "Retry.MaxAttempts",
                        "Retry.FirstDelay",
            })
            {
                Assert.Contains(name, error.Message, StringComparison.Ordinal);
            }
        }

        [Fact]
        public void Refuses_tokens_for_an_open_address_that_was_made_without_them()
        {
            using var client =
                AccountGridClient.Create(
                    new AccountGridClientOptions { Address = new Uri("http://accountgrid.example:5181") });
            Assert.Throws<InvalidOperationException>(() => client.With(AccountGridTokenProvider.FromToken("t")));
        }

        [Fact]
        public void Refuses_a_cache_outside_its_limits()
        {
            using var client =
                AccountGridClient.Create(new AccountGridClientOptions { Address = new Uri("http://127.0.0.1:1") });
            var error = Assert.Throws<ArgumentException>(() => new AccountStatusCache(
                client, new AccountStatusCacheOptions
                {
                    StalenessBound = TimeSpan.Zero,
                    Capacity = 1,
                    WhenStale = (WhenStale)9,
                    EntryLifetime = TimeSpan.Zero,
                }));
            Assert.All(new[] { "StalenessBound", "Capacity", "WhenStale", "EntryLifetime" },
                n => Assert.Contains(n, error.Message, StringComparison.Ordinal));
        }

        [Fact]
        public void Refuses_a_watch_outside_its_limits()
        {
            using var client =
                AccountGridClient.Create(new AccountGridClientOptions { Address = new Uri("http://127.0.0.1:1") });
            Assert.Throws<ArgumentException>(
                () => client.Events.WatchAsync(new AccountWatchOptions { AfterPosition = -1 }));
            Assert.Throws<ArgumentException>(
                () => client.Events.WatchAsync(new AccountWatchOptions { Accounts = [0] }));
            Assert.Throws<ArgumentException>(
                () => client.Events.WatchAsync(
                    new AccountWatchOptions { Accounts = [.. Enumerable.Range(1, 1001).Select(static i => (long)i)] }));
            Assert.Throws<ArgumentException>(
                () => client.Events.WatchAsync(new AccountWatchOptions { ProgressInterval = TimeSpan.FromMinutes(2) }));
        }
    }

    [Collection(nameof(SiloFixture))]
    public sealed class Dependency_injection(SiloFixture fixture)
    {
        [Fact]
        public async Task Gives_one_client_and_one_cache_that_call_the_silo()
        {
            var services = new ServiceCollection();
            services.AddLogging();
            services.AddSingleton(fixture.Silo.Tokens("network", "service"));
            var faults = new Faults();
            services.AddAccountGridClient(o => o.Address = fixture.Silo.Process.Grpc)
                .AddHttpMessageHandler(() => faults);
            services.AddAccountGridStatusCache(static o => o.StalenessBound = TimeSpan.FromSeconds(30));
            await using var provider = services.BuildServiceProvider(validateScopes: true);
            var client = provider.GetRequiredService<AccountGridClient>();
            Assert.Same(client, provider.GetRequiredService<AccountGridClient>());
            var id = await fixture.Silo.AccountAsync();
            Assert.Equal(id,
                (await client.Accounts.GetAsync(id, cancellationToken: TestContext.Current.CancellationToken)).Id);
            Assert.Equal(1, faults.Count("GetAccount"));
            Assert.True(await provider.GetRequiredService<AccountStatusCache>()
                .IsActiveAsync(id, TestContext.Current.CancellationToken));
        }

        [Fact]
        public async Task Refuses_faulty_options_at_the_start()
        {
            var services = new ServiceCollection();
            services.AddAccountGridClient(static o => o.MaxSendMessageBytes = 0);
            await using var provider = services.BuildServiceProvider();
            var error = Assert.Throws<OptionsValidationException>(
                () => provider.GetRequiredService<IStartupValidator>().Validate());
            Assert.Equal(2, error.Failures.Count());
            Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<AccountGridClient>());
        }

        [Fact]
        public async Task Looks_at_a_registered_provider_when_it_judges_the_address()
        {
            var services = new ServiceCollection();
            services.AddSingleton(AccountGridTokenProvider.FromToken("t"));
            services.AddAccountGridClient(static o => o.Address = new Uri("http://accountgrid.example:5181"));
            await using var provider = services.BuildServiceProvider();
            Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<AccountGridClient>());
        }
    }
}
