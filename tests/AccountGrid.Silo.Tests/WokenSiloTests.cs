using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using AccountGrid.Client;
using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>
/// A silo is stopped (SIGSTOP) until the others have declared it dead and serve its accounts, and is then woken. It
/// used to answer from its old views for a second, and 19 of 20 accounts that were down stayed ACTIVE in a client's
/// cache, whose bound is 2 seconds, until their entries expired.
/// </summary>
public sealed class WokenSiloTests : IClassFixture<ClusterTurn>, IAsyncDisposable
{
    private const int Accounts = 24;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WatchedFor = TimeSpan.FromSeconds(15);
    private readonly TempDirectory _keys = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly ConcurrentDictionary<string, int> _answers = new();
    private readonly long[] _downSince = new long[Accounts + 1];
    private SiloProcess[] _silos = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        _keys.Dispose();
    }

    [Fact]
    public async Task It_answers_nothing_from_before_its_death_and_no_cache_keeps_such_an_answer()
    {
        await StartAsync();
        var sleeper = _silos[0];
        await using var proxy = new FallbackProxy(sleeper.Grpc.Port, _silos[1].Grpc.Port);
        using var client = NewClient(proxy.Address);
        var options = new AccountStatusCacheOptions { StalenessBound = Bound };
        await using var cache = new AccountStatusCache(client, options);
        await cache.WaitUntilLiveAsync(Token);
        using var shop = new Api(sleeper, "shop", "service");
        for (var id = 1; id <= Accounts; id++)
        {
            await shop.RegisterAsync(id);
            Assert.Equal("ACTIVE", await shop.StatusAsync(id));
        }

        // Only then it can answer anything from memory.
        Assert.InRange(await ActivationsAsync(sleeper), 1, Accounts);

        Assert.True(sleeper.Pause());
        await TakeAllDownAsync();

        // These requests wait in its sockets when it wakes. They were sent after the takedown.
        var waiting = Enumerable.Range(1, Accounts).Select(id => ReadUntilItEndsAsync(shop, id)).ToArray();
        Assert.True(sleeper.Resume());
        await Task.WhenAll(Enumerable.Range(1, Accounts).Select(id => WatchAsync(cache, id)).Concat(waiting));
        TestContext.Current.SendDiagnosticMessage(
            "The woken silo answered: {0}", string.Join(", ", _answers.Select(static a => $"{a.Key} {a.Value} times")));
        Assert.Empty(_wrong);
        Assert.NotEqual(0, await sleeper.WaitForExitAsync(TimeSpan.FromSeconds(60), Token));
        for (var id = 1; id <= Accounts; id++)
        {
            Assert.False(await cache.IsActiveAsync(id, Token));
        }
    }

    private async Task StartAsync()
    {
        var server = await SharedServer.GetAsync();
        var options = new SiloProcessOptions
        {
            DataDirectory = _keys.FullPath,
            StartTimeout = TimeSpan.FromMinutes(3),
            Environment = new Dictionary<string, string>
            {
                ["ACCOUNTGRID__POSTGRES"] = server.ConnectionString(),
                ["ACCOUNTGRID__STORAGE__SCHEMA"] = SharedServer.NewSchema(),
            },
        };
        _silos = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => SiloProcess.StartAsync(options, Token)));
    }

    /// <summary>The number of accounts active in a silo, from its metrics.</summary>
    private static async Task<int> ActivationsAsync(SiloProcess silo)
    {
        using var client = silo.CreateHttpClient();
        var metrics = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token);
        var line = metrics.Split('\n').FirstOrDefault(
            static l => l.Contains("catalog_activations{grain_type=\"account\"} ", StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    private AccountGridClient NewClient(Uri address)
    {
        var options = new AccountGridClientOptions
        {
            Address = address,
            TokenProvider = AccountGridTokenProvider.FromDelegate(
                _ => ValueTask.FromResult(new AccountGridToken(_silos[0].Token("web", "service")))),
        };
        options.Retry.MaxAttempts = 100;
        options.Retry.LongestDelay = TimeSpan.FromMilliseconds(500);
        return AccountGridClient.Create(options);
    }

    private async Task TakeAllDownAsync()
    {
        using var kim = new Api(_silos[1], "kim", "support");
        await Task.WhenAll(Enumerable.Range(1, Accounts).Select(async id =>
        {
            for (var attempt = 0; ; attempt++)
            {
                using var answer = await kim.TryPostAsync(
                    $"/v1/accounts/{id}:deactivate", new { reason = "SPAM", requestId = $"down-{id}" });
                if (answer.IsSuccessStatusCode)
                {
                    _downSince[id] = TimeProvider.System.GetTimestamp();
                    return;
                }

                Assert.True(
                    attempt < 240
                        && answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout,
                    await answer.Content.ReadAsStringAsync(Token));
                await Task.Delay(TimeSpan.FromMilliseconds(250), Token);
            }
        }));
    }

    /// <summary>Reads that the woken silo answers or refuses, until it breaks one off because it ends.</summary>
    private async Task ReadUntilItEndsAsync(Api api, int id)
    {
        try
        {
            while (true)
            {
                using var answer = await api.SendAsync($"/v1/accounts/{id}");
                var text = await answer.Content.ReadAsStringAsync(Token);
                var status = answer.IsSuccessStatusCode ? StatusIn(text) : $"{(int)answer.StatusCode}";
                _answers.AddOrUpdate(status, 1, static (_, count) => count + 1);
                Note(id, status == "ACTIVE", "a read at the woken silo");
            }
        }
        catch (HttpRequestException)
        {
            // It ended.
        }
    }

    private static string StatusIn(string account)
    {
        using var json = JsonDocument.Parse(account);
        return json.RootElement.GetProperty("status").GetString()!;
    }

    private async Task WatchAsync(AccountStatusCache cache, int id)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < WatchedFor)
        {
            var asked = TimeProvider.System.GetTimestamp();
            try
            {
                var isActive = await cache.IsActiveAsync(id, Token);
                Note(id, isActive && TimeProvider.System.GetElapsedTime(_downSince[id], asked) > Bound, "the cache");
            }
            catch (Exception e) when (e is AccountStatusStaleException or AccountGridException)
            {
                // It says that it does not know: that is no wrong answer.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), Token);
        }
    }

    private void Note(int id, bool isWrong, string who)
    {
        if (isWrong)
        {
            var since = TimeProvider.System.GetElapsedTime(_downSince[id]);
            _wrong.Enqueue($"{who}: {id} is ACTIVE {since.TotalSeconds:0.0} s after its takedown");
        }
    }
}
