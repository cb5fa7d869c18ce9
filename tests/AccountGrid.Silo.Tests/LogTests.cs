using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>What stands in the log, and what must not.</summary>
public sealed class LogTests
{
    private const string Secret = "xyzzy-what-somebody-wrote";
    private const string Ticket = "XYZZY-4711";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("line")]
    [InlineData("json")]
    public async Task No_note_and_no_token_reaches_it_at_any_level_and_lines_name_their_trace(string formatter)
    {
        await using var silo = await SiloProcess.StartAsync(
            new SiloProcessOptions
            {
                Environment = new Dictionary<string, string>
                {
                    ["Logging__LogLevel__Default"] = "Trace",
                    ["Logging__LogLevel__Orleans.Messaging"] = "Trace",
                    ["Logging__Console__FormatterName"] = formatter,
                },
            },
            Stop);
        var tokens = new List<string>();
        var traced = new Traced(silo.CreateHttpClient(), (subject, roles) =>
        {
            tokens.Add(silo.Token(subject, roles));
            return tokens[^1];
        });
        await traced.PostAsync("/v1/accounts", new { id = "1", handle = "user_1" }, "web", "service");
        await traced.PostAsync(
            "/v1/accounts/1:suspend", Body("SPAM", new { until = DateTimeOffset.UtcNow.AddDays(1) }), "kim", "support");
        await traced.PostAsync("/v1/accounts/1:restore", Body("ERROR"), "kim", "support");
        await traced.PostAsync("/v1/accounts/1:protect", Body("IMPERSONATION"), "kim", "support");
        var (trace, answer) =
            await traced.SendAsync(HttpMethod.Post, "/v1/accounts/1:deactivate", Body("SPAM"), "kim", "support");
        var proposal = answer.GetProperty("account").GetProperty("openProposal").GetProperty("id").GetString();
        await traced.PostAsync(
            $"/v1/proposals/{proposal}:approve", new { note = Secret }, "lee", "support", "approver");
        await traced.PostAsync("/v1/accounts/1:erase", Body("NO_SUCH_REASON"), "lee", "support");
        await traced.PostAsync(
            "/v1/operators/lee:undo", new { since = DateTimeOffset.UtcNow.AddHours(-1), note = Secret }, "kim",
            "support");
        await RefuseAsync(silo);
        Assert.Equal(0, await silo.StopAsync(cancellationToken: Stop));

        var log = silo.Output.Skip(4).ToArray();
        Assert.True(log.Length > 300, $"{log.Length} lines at the lowest level");
        Assert.DoesNotContain(
            log, static line => line.Contains(Secret, StringComparison.OrdinalIgnoreCase)
                || line.Contains(Ticket, StringComparison.OrdinalIgnoreCase));
        foreach (var token in tokens.Distinct())
        {
            // Neither as it is nor its signature alone, which is what makes it one.
            Assert.DoesNotContain(
                log, line => line.Contains(token, StringComparison.Ordinal)
                    || line.Contains(token[(token.LastIndexOf('.') + 1)..], StringComparison.Ordinal));
        }

        Assert.DoesNotContain(log, static line => line.Contains("PRIVATE KEY", StringComparison.Ordinal));
        Assert.Contains(
            log,
                line =>
                    line.Contains(formatter == "json" ? $"\"TraceId\":\"{trace}\"" : $"(trace {trace})",
                        StringComparison.Ordinal));
        if (formatter == "json")
        {
            Assert.All(log.Where(static l => l.StartsWith('{')), static line => JsonDocument.Parse(line).Dispose());
        }
    }

    private static Dictionary<string, object> Body(string reason, object? more = null)
    {
        var body = new Dictionary<string, object> { ["reason"] = reason, ["note"] = Secret, ["ticket"] = Ticket };
        foreach (var property in more?.GetType().GetProperties() ?? [])
        {
            body[property.Name] = property.GetValue(more)!;
        }

        return body;
    }

    /// <summary>
    /// What is refused before anybody looks at it: no token, one that is none, a body that does not fit.
    /// </summary>
    private static async Task RefuseAsync(SiloProcess silo)
    {
        using var client = silo.CreateHttpClient();
        foreach (var (token, body) in ((string?, object)[])[(null, new { note = Secret }),
            ("ey." + Secret + ".no", new { note = Secret }), (silo.Token("kim", "support"), new { nonsense = Secret })])
        {
            using var request =
                new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/accounts/1:deactivate", UriKind.Relative))
                {
                    Content = JsonContent.Create(body),
                };
            request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            using var response = await client.SendAsync(request, Stop);
            Assert.False(response.IsSuccessStatusCode);
        }
    }
}
