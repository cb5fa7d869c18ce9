using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Silo.Tests;

/// <summary>Takes what an OpenTelemetry collector takes over HTTP, and keeps the bytes.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();
    private readonly SemaphoreSlim _arrival = new(0);
    private readonly WebApplication _app;

    private Collector(WebApplication app) => _app = app;

    /// <summary>What a process needs in its environment to send everything here at once.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.First(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    /// <summary>Every span that came so far.</summary>
    public IReadOnlyList<RecordedSpan> Spans =>
        [.. _received.Where(static r => r.Path == "/v1/traces").SelectMany(static r => RecordedSpan.FromOtlp(r.Body))];

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            static k => k.Listen(IPAddress.Loopback, 0, static l => l.Protocols = HttpProtocols.Http1));
        var collector = new Collector(builder.Build());
        collector._app.Run(collector.TakeAsync);
        await collector._app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    /// <summary>The spans of a trace, and those of the commits that carried it.</summary>
    public IReadOnlyList<RecordedSpan> SpansOf(string traceId)
    {
        var all = Spans;
        var own = all.Where(s => s.TraceId == traceId).ToArray();
        var linked = own.SelectMany(static s => s.Links).Select(static l => l.TraceId).ToHashSet();
        return [.. own, .. all.Where(s => s.TraceId != traceId && linked.Contains(s.TraceId))];
    }

    /// <summary>Waits until something came that holds a text.</summary>
    public async Task WaitForAsync(string path, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
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
