using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AccountGrid.Testing;

namespace AccountGrid.Monitoring.Tests;

/// <summary>
/// What happens on a platform on any day, in small: everything that a metric is about, and that no fault has to be made
/// for.
/// </summary>
internal sealed class Work : IAsyncDisposable
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const int Storm = 24;
    private const int Attempts = 50;
    private readonly string _keys;
    private readonly Uri[] _addresses;
    private readonly long _first;
    private readonly List<HttpClient> _clients = [];
    private readonly HttpClient _kim;
    private readonly HttpClient _lee;
    private readonly HttpClient _nan;

    /// <summary>Work at some addresses, in turn.</summary>
    /// <param name="keys">The directory with the development key.</param>
    /// <param name="addresses">HTTP addresses of one system.</param>
    /// <param name="first">The ids of its accounts begin here.</param>
    public Work(string keys, Uri[] addresses, long first)
    {
        (_keys, _addresses, _first) = (keys, addresses, first);
        (_kim, _lee, _nan) = (Client("kim", 0, "support", "approver"), Client("lee", 0, "support", "approver"),
            Client("nan", 0, "support"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>People: one of them leaves in a week.</summary>
    public async Task PrepareAsync()
    {
        foreach (var person in (HttpClient[])[_kim, _lee, _nan])
        {
            using var first = await person.GetAsync(new Uri("/v1/operators", UriKind.Relative), Token);
        }

        await PostAsync(Client("ada", 0, "admin"), "/v1/operators/nan:offboard", new
        {
            authorityEndsAt = TimeProvider.System.GetUtcNow().AddDays(7),
        });
    }

    /// <summary>A day's work, on accounts of its own.</summary>
    public async Task DoAsync(int round)
    {
        var id = _first + (100 * round);
        for (var i = 0; i < _addresses.Length; i++)
        {
            await ServeAsync(Client("shop", i, "service"), id + (10 * i));
        }

        await ModerateAsync(id);
        await RefuseAsync(id);
        await RushAsync(id + 1);
    }

    public ValueTask DisposeAsync()
    {
        _clients.ForEach(static c => c.Dispose());
        return ValueTask.CompletedTask;
    }

    /// <summary>What the product's services do.</summary>
    private static async Task ServeAsync(HttpClient shop, long id)
    {
        for (var account = id; account < id + 5; account++)
        {
            await PostAsync(shop, "/v1/accounts", new { id = $"{account}", handle = $"user_{account}" });
            await SendAsync(shop, HttpMethod.Put, $"/v1/accounts/{account}/followers/7");
            await SendAsync(shop, HttpMethod.Delete, $"/v1/accounts/{account}/followers/7");
            await SendAsync(shop, HttpMethod.Get, $"/v1/accounts/{account}");
            await SendAsync(shop, HttpMethod.Get, $"/v1/public/accounts/{account}");
        }

        using var lines = new StringContent(
            string.Join('\n',
                Enumerable.Range(1, 50)
                    .Select(follower => $$"""{"account":"{{id}}","follower":"{{follower}}","op":"follow"}""")),
                        Encoding.UTF8, "application/x-ndjson");
        using var ingested = await shop.PostAsync(new Uri("/v1/followers:ingest", UriKind.Relative), lines, Token);
        Assert.True(ingested.IsSuccessStatusCode, await ingested.Content.ReadAsStringAsync(Token));
        await PostAsync(shop, "/v1/accounts:batchGet", new { ids = new[] { $"{id}", $"{id + 1}" } });
        await SendAsync(shop, HttpMethod.Get, "/v1/accounts?pageSize=5");
    }

    /// <summary>Takedowns, alone and by two, and what comes after.</summary>
    private async Task ModerateAsync(long id)
    {
        await PostAsync(_kim, $"/v1/accounts/{id}:deactivate", new { reason = "SPAM" });
        await PostAsync(_kim, $"/v1/accounts/{id}:restore", new { reason = "ERROR" });
        await PostAsync(_kim, $"/v1/accounts/{id}:suspend", new { reason = "ABUSE" });

        var guarded = id + 2;
        await PostAsync(_kim, $"/v1/accounts/{guarded}:protect", new { reason = "OTHER" });
        await PostAsync(_lee, $"/v1/proposals/{await ProposeAsync(_kim, guarded, "deactivate")}:approve", new { });
        await PostAsync(_kim, $"/v1/accounts/{guarded}:restore", new { reason = "ERROR" });
        await PostAsync(_lee, $"/v1/proposals/{await ProposeAsync(_kim, guarded, "suspend")}:reject", new { });
        await PostAsync(_kim, $"/v1/proposals/{await ProposeAsync(_kim, guarded, "deactivate")}:withdraw", new { });
        await PostAsync(_lee, $"/v1/proposals/{await ProposeAsync(_kim, id + 3, "erase")}:approve", new { });
        await PostAsync(_kim, $"/v1/proposals/{await ProposeAsync(_nan, id + 4, "deactivate")}:reject", new { });
    }

    /// <summary>What is answered with a no.</summary>
    private async Task RefuseAsync(long id)
    {
        var proposal = await ProposeAsync(_kim, id + 2, "deactivate");
        await PostAsync(_kim, $"/v1/proposals/{proposal}:approve", new { }, "SAME_PERSON");
        await PostAsync(_kim, $"/v1/proposals/{proposal}:withdraw", new { });
        await PostAsync(_kim, $"/v1/accounts/{id + 4}:restore", new { reason = "ERROR" }, "WRONG_STATUS");
        await PostAsync(Client("ann", 0, "auditor"), $"/v1/accounts/{id + 4}:deactivate", new { reason = "SPAM" },
            "FORBIDDEN_ROLE");
        using var unknown = await _kim.GetAsync(new Uri("/v1/accounts/999999999", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    /// <summary>
    /// More at once than one account's queue takes. Which of it is refused is up to the machine; that some is, is not.
    /// </summary>
    private async Task RushAsync(long id)
    {
        var shop = Client("shop", 0, "service");
        for (var attempt = 0; ; attempt++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(1, Storm).Select(
                follower =>
                    shop.PutAsync(new Uri($"/v1/accounts/{id}/followers/{(attempt * Storm) + follower}",
                        UriKind.Relative), content: null, Token)));
            var refused = answers.Count(static a => a.StatusCode == HttpStatusCode.TooManyRequests);
            Array.ForEach(answers, static a => a.Dispose());
            if (refused > 0)
            {
                return;
            }

            Assert.True(attempt < Attempts, "A queue of one never refused anybody.");
        }
    }

    private static async Task<string> ProposeAsync(HttpClient person, long id, string action)
    {
        var answer = await PostAsync(person, $"/v1/accounts/{id}:{action}", new { reason = "LEGAL" });
        Assert.Equal("PENDING", answer.GetProperty("outcome").GetString());
        return answer.GetProperty("proposal").GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> PostAsync(
        HttpClient client, string path, object body, string? refusal = null)
    {
        using var response = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(refusal is null ? response.IsSuccessStatusCode : text.Contains(refusal, StringComparison.Ordinal),
            $"{path}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement.Clone();
    }

    private static async Task SendAsync(HttpClient client, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await client.SendAsync(request, Token);
        Assert.True(response.IsSuccessStatusCode,
            $"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Token)}");
    }

    private HttpClient Client(string subject, int address, params string[] roles)
    {
        var client = new HttpClient { BaseAddress = _addresses[address] };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", TestTokens.Mint(_keys, subject, roles));

        // Somebody keeps these traces, so that durations may name them.
        client.DefaultRequestHeaders.Add("traceparent", Trace);
        _clients.Add(client);
        return client;
    }
}
