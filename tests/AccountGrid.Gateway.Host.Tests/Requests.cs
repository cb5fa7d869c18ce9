using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AccountGrid.Gateway.Host.Tests;

/// <summary>Requests of a patient client.</summary>
internal static class Requests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Sends a request until it is answered. The gateway itself repeats what may be repeated for some seconds; a busy
    /// machine may take longer to find out that a silo is gone.
    /// </summary>
    public static async Task<JsonElement> SendAsync(HttpClient client, string path, object body)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var response = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Token);
            var text = await response.Content.ReadAsStringAsync(Token);
            if (response.IsSuccessStatusCode)
            {
                return JsonDocument.Parse(text).RootElement.Clone();
            }

            Assert.True(attempt < 20
                && response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout,
                    $"{(int)response.StatusCode} {text}");
            TestContext.Current.SendDiagnosticMessage("{0} {1}", path, text);
            await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), Token);
        }
    }
}
