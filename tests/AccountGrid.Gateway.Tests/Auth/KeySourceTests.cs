using System.Net;
using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Tests.Harness;
using AccountGrid.Testing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Tests.Auth;

public sealed class KeySourceTests
{
    private const string Issuer = KeyFileHost.Issuer;

    public sealed class A_key_set_file
    {
        [Fact]
        public async Task Opens_by_its_keys_and_no_others()
        {
            using var directory = new TempDirectory();
            using var good = new SigningKey("one");
            using var stranger = new SigningKey("two");
            good.WriteJwks(directory.File("jwks.json"));
            await using var host = await KeyFileHost.StartAsync(directory);

            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(host, good.Mint(Issuer)));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, stranger.Mint(Issuer)));
            Assert.Equal(HttpStatusCode.Unauthorized,
                await StatusAsync(host, good.Mint("https://other.example")));
        }

        [Fact]
        public async Task Is_read_again_when_it_was_replaced_and_kept_when_it_broke()
        {
            using var directory = new TempDirectory();
            using var first = new SigningKey("one");
            using var second = new SigningKey("two");
            first.WriteJwks(directory.File("jwks.json"));
            await using var host = await KeyFileHost.StartAsync(directory);
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(host, first.Mint(Issuer)));

            second.WriteJwks(directory.File("jwks.json"));
            await Eventually.TrueAsync(
                async () => await StatusAsync(host, second.Mint(Issuer)) == HttpStatusCode.NotFound,
                "the new key is known");
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, first.Mint(Issuer)));

            await File.WriteAllTextAsync(
                directory.File("jwks.json"), "{ not a key set", TestContext.Current.CancellationToken);
            await Eventually.TrueAsync(
                async () =>
                {
                    await StatusAsync(host, second.Mint(Issuer));
                    return host.Logs.Lines.Any(l => l.Contains("Cannot read signing keys", StringComparison.Ordinal));
                },
                "the broken file was noticed");
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(host, second.Mint(Issuer)));
        }

        [Fact]
        public async Task Must_be_readable_when_the_host_starts()
        {
            using var directory = new TempDirectory();
            var failure = await Assert.ThrowsAnyAsync<Exception>(() => KeyFileHost.StartAsync(directory));
            Assert.Contains("Gateway:Auth:JwksFile", failure.ToString(), StringComparison.Ordinal);
        }
    }

    public sealed class An_OpenID_provider
    {
        [Fact]
        public async Task Names_issuer_and_keys_by_its_discovery_document()
        {
            using var key = new SigningKey("one");
            using var stranger = new SigningKey("two");
            await using var provider = await TestIssuer.StartAsync(key.Jwks);
            var authority = provider.Url;
            await using var host = await GatewayHost.StartAsync(new GatewayHostOptions
            {
                Gateway = options =>
                {
                    options.Auth.DevelopmentKeyFile = null;
                    options.Auth.EnrollOnFirstUse = false;
                    options.Auth.Authority = authority;
                },
            });

            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(host, key.Mint(authority)));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, key.Mint(Issuer)));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, stranger.Mint(authority)));
        }
    }

    public sealed class The_development_key
    {
        [Theory]
        [InlineData("http://127.0.0.1:5180", true)]
        [InlineData("http://127.1.2.3:5180", true)]
        [InlineData("http://[::1]:5180", true)]
        [InlineData("http://localhost:5180", true)]
        [InlineData("http://unix:/run/accountgrid.sock", true)]
        [InlineData("http://0.0.0.0:5180", false)]
        [InlineData("http://[::]:5180", false)]
        [InlineData("http://*:5180", false)]
        [InlineData("http://10.1.2.3:5180", false)]
        [InlineData("https://grid.example", false)]
        public async Task Is_refused_unless_every_address_is_loopback(string address, bool isAccepted)
        {
            using var server = new ListeningServer("http://127.0.0.1:1", address);
            var guard = new LoopbackGuard(
                server, Options.Create(new GatewayOptions { Auth = { DevelopmentKeyFile = "key.pem" } }));
            var failure = await Record.ExceptionAsync(() => guard.StartedAsync(TestContext.Current.CancellationToken));
            if (isAccepted)
            {
                Assert.Null(failure);
            }
            else
            {
                Assert.Contains(
                    address, Assert.IsType<OptionsValidationException>(failure).Message, StringComparison.Ordinal);
            }
        }

        /// <summary>
        /// A server that says where it listens; really listening on an outside address is no test's business.
        /// </summary>
        private sealed class ListeningServer : IServer
        {
            public ListeningServer(params string[] addresses)
            {
                var feature = new AddressFeature();
                foreach (var address in addresses)
                {
                    feature.Addresses.Add(address);
                }

                Features.Set<IServerAddressesFeature>(feature);
            }

            public IFeatureCollection Features { get; } = new FeatureCollection();

            public void Dispose()
            {
            }

            public Task StartAsync<TContext>(
                IHttpApplication<TContext> application, CancellationToken cancellationToken)
                where TContext : notnull => Task.CompletedTask;

            public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

            private sealed class AddressFeature : IServerAddressesFeature
            {
                public ICollection<string> Addresses { get; } = [];

                public bool PreferHostingUrls { get; set; }
            }
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(GatewayHost host, string token)
    {
        using var http = host.CreateHttpClient(token);
        using var response = await http.GetAsync("/v1/accounts/1", TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
