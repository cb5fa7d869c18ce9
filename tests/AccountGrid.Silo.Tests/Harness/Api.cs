using System.Net.Http.Json;
using System.Text.Json;
using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>The silo's HTTP side as a test uses it.</summary>
public sealed class Api(SiloProcess silo, string subject, params string[] roles) : IDisposable
{
    private readonly HttpClient _client = silo.CreateHttpClient(silo.Token(subject, roles));

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response =
            await _client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken);
        return await ReadAsync(response);
    }

    public async Task<JsonElement> PutAsync(string path)
    {
        using var response =
            await _client.PutAsync(new Uri(path, UriKind.Relative), null, TestContext.Current.CancellationToken);
        return await ReadAsync(response);
    }

    public Task<HttpResponseMessage> TryPostAsync(string path, object body) =>
        _client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken);

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response =
            await _client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return await ReadAsync(response);
    }

    public Task<HttpResponseMessage> SendAsync(string path) =>
        _client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    public Task RegisterAsync(long id) => PostAsync("/v1/accounts", new { id = $"{id}", handle = $"user_{id}" });

    public async Task<string> StatusAsync(long id) =>
        (await GetAsync($"/v1/accounts/{id}")).GetProperty("status").GetString()!;

    public void Dispose() => _client.Dispose();

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement.Clone();
    }
}
