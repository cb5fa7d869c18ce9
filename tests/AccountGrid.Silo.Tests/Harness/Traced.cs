using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;

namespace AccountGrid.Silo.Tests;

/// <summary>Sends requests in traces of the test's own, and asks what became of them.</summary>
public sealed class Traced(HttpClient http, Func<string, string[], string> mint)
{
    /// <summary>The span that the caller pretends to be in.</summary>
    public const string CallerSpan = "b7ad6b7169203331";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Sends a request in a new trace.</summary>
    /// <returns>The trace, after checking that the answer names it; and the answer.</returns>
    public async Task<(string TraceId, JsonElement Answer)> SendAsync(
        HttpMethod method, string path, object? body, string subject, params string[] roles)
    {
        var trace = RandomNumberGenerator.GetHexString(32, lowercase: true);
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", mint(subject, roles));
        request.Headers.Add("traceparent", $"00-{trace}-{CallerSpan}-01");
        using var response = await http.SendAsync(request, Stop);
        Assert.Equal(trace, Assert.Single(response.Headers.GetValues("trace-id")));
        var text = await response.Content.ReadAsStringAsync(Stop);
        return (trace, JsonDocument.Parse(text).RootElement.Clone());
    }

    /// <summary>The same by POST, for the trace alone.</summary>
    public async Task<string> PostAsync(string path, object body, string subject, params string[] roles) =>
        (await SendAsync(HttpMethod.Post, path, body, subject, roles)).TraceId;

    /// <summary>What is remembered of a trace.</summary>
    public async Task<IReadOnlyList<RecordedSpan>> SpansAsync(string traceId) =>
        RecordedSpan.FromTrace(await GetAsync($"/v1/traces/{traceId}"));

    /// <summary>Any answer to a person of the staff.</summary>
    public async Task<JsonElement> GetAsync(string path, string auditor = "ann")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", mint(auditor, ["auditor"]));
        using var response = await http.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.Clone();
    }

    /// <summary>
    /// Waits until a trace is remembered as it should be: a span ends after the answer that it tells of.
    /// </summary>
    public async Task ShowsAsync(string traceId, string tree, string? linkedTo = null)
    {
        var others = linkedTo is null ? [] : await SpansAsync(linkedTo);
        await UntilAsync(async () => SpanTree.Of(await SpansAsync(traceId), others), tree);
    }

    /// <summary>Asks again until the answer is as expected; the last one is compared after ten seconds.</summary>
    public static async Task UntilAsync(Func<Task<string>> ask, string expected)
    {
        var actual = "";
        for (var i = 0; i < 100; i++)
        {
            actual = await ask();
            if (actual == expected)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), Stop);
        }

        Assert.Fail($"Expected:\n{expected}\n\nActual:\n{actual}");
    }
}
