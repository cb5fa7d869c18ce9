using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>
/// Takes what an OpenTelemetry collector takes over HTTP, counts the bytes and forgets them. In this process, like the
/// load generator.
/// </summary>
internal sealed class CollectorStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;
    private long _bytes;

    private CollectorStandIn()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(
            static k => k.Listen(IPAddress.Loopback, 0, static l => l.Protocols = HttpProtocols.Http1));
        _app = builder.Build();
        _app.Run(async context =>
        {
            await using var counted = new CountingStream();
            await context.Request.Body.CopyToAsync(counted);
            Interlocked.Add(ref _bytes, counted.Length);
        });
    }

    /// <summary>Bytes that came so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>What a silo needs in its environment to send everything here.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.First(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
    };

    /// <summary>Starts it on a free port.</summary>
    public static async Task<CollectorStandIn> StartAsync(CancellationToken cancellationToken)
    {
        var collector = new CollectorStandIn();
        await collector._app.StartAsync(cancellationToken);
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class CountingStream : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position
        {
            get => _length;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => _length += count;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _length += buffer.Length;
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
