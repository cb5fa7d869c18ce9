using System.Collections.Concurrent;
using System.Net;
using System.Text;
using AccountGrid.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Silo.Tests;

public sealed class TelemetryTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task A_command_is_one_trace_from_the_caller_to_the_commit_and_the_journal_names_it()
    {
        await using var collector = await Collector.StartAsync();
        await using var silo = await SiloProcess.StartAsync(new SiloProcessOptions
        {
            Environment = new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
            },
        }, TestContext.Current.CancellationToken);
        await RegisterTracedAsync(silo);

        foreach (var span in (string[])["account.register", "journal.append", "IRegistrarGrain/Register", "storage commit"])
        {
            await collector.WaitForAsync("/v1/traces", span);
        }

        await collector.WaitForAsync("/v1/traces", Convert.FromHexString(TraceId));
        Assert.Equal(TraceId, await JournalledTraceAsync(silo));
    }

    [Fact]
    public async Task The_journal_names_the_trace_also_where_nobody_collects_any()
    {
        await using var silo = await SiloProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await RegisterTracedAsync(silo);
        Assert.Equal(TraceId, await JournalledTraceAsync(silo));
    }

    private static async Task RegisterTracedAsync(SiloProcess silo)
    {
        using var client = silo.CreateHttpClient(silo.Token("web", "service"));
        client.DefaultRequestHeaders.Add("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
        using var body = new StringContent("""{"id":"1","handle":"user_1"}""", Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/v1/accounts", UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(TraceId, Assert.Single(response.Headers.GetValues("trace-id")));
    }

    private static async Task<string?> JournalledTraceAsync(SiloProcess silo)
    {
        using var auditor = new Api(silo, "ann", "auditor");
        return (await auditor.GetAsync("/v1/accounts/1/journal")).GetProperty("entries")[0].GetProperty("traceId").GetString();
    }

    /// <summary>Takes what an OpenTelemetry collector takes, and keeps the bytes.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();
        private readonly SemaphoreSlim _arrival = new(0);
        private readonly WebApplication _app;

        private Collector(WebApplication app) => _app = app;

        public string Address => _app.Urls.First();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1));
            var collector = new Collector(builder.Build());
            collector._app.Run(collector.TakeAsync);
            await collector._app.StartAsync(TestContext.Current.CancellationToken);
            return collector;
        }

        public Task WaitForAsync(string path, string text) => WaitForAsync(path, Encoding.UTF8.GetBytes(text));

        public async Task WaitForAsync(string path, byte[] bytes)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (!_received.Any(r => r.Path == path && r.Body.AsSpan().IndexOf(bytes) >= 0))
            {
                await _arrival.WaitAsync(patience.Token);
            }
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private async Task TakeAsync(HttpContext context)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _received.Enqueue((context.Request.Path, body.ToArray()));
            _arrival.Release();
        }
    }
}
