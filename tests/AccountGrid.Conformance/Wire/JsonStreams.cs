using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text;
using Grpc.Core;

namespace AccountGrid.Conformance.Wire;

/// <summary>The request side of an ingest, as the lines that say the same.</summary>
internal sealed class NdjsonWriter<T> : IClientStreamWriter<T>
{
    private readonly StringBuilder _lines = new();
    private readonly TaskCompletionSource<string> _text = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>All lines, once the stream is complete.</summary>
    public Task<string> Text => _text.Task;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message)
    {
        foreach (var follow in ((V1.IngestFollowsRequest)(object)message!).Follows)
        {
            var op = follow.Op == V1.Follow.Types.Op.Unspecified
                ? ""
                : $",\"op\":\"{follow.Op.ToString().ToLowerInvariant()}\"";
            _lines.Append(CultureInfo.InvariantCulture,
                $"{{\"account\":\"{follow.Account}\",\"follower\":\"{follow.Follower}\"{op}}}\n");
        }

        return Task.CompletedTask;
    }

    public Task WriteAsync(T message, CancellationToken cancellationToken) => WriteAsync(message);

    public Task CompleteAsync()
    {
        _text.TrySetResult(_lines.ToString());
        return Task.CompletedTask;
    }
}

/// <summary>
/// A watch, read from server-sent events: the first sign of life says from which position, as gRPC's initial metadata
/// does.
/// </summary>
internal sealed class SseReader<T> : IAsyncStreamReader<T>, IDisposable
    where T : class
{
    private readonly CancellationTokenSource _over;
    private readonly Task<IAsyncEnumerator<SseItem<string>>> _items;
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SseReader(HttpClient http, string address, CallOptions options)
    {
        _over = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        if (options.Deadline is { } deadline)
        {
            _over.CancelAfter(deadline - TimeProvider.System.GetUtcNow().UtcDateTime);
        }

        _items = OpenAsync(http, address, _over.Token);
    }

    public Task<Metadata> Headers => _headers.Task;

    public T Current { get; private set; } = null!;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        var items = await _items;
        while (await items.MoveNextAsync().AsTask().WaitAsync(cancellationToken))
        {
            if (items.Current.EventType == "event")
            {
                Current = JsonInvoker.Parse<T>(items.Current.Data);
                return true;
            }

            Assert.Equal("ping", items.Current.EventType);
        }

        return false;
    }

    /// <summary>Hangs up.</summary>
    public void Dispose()
    {
        _over.Cancel();
        _over.Dispose();
    }

    private async Task<IAsyncEnumerator<SseItem<string>>> OpenAsync(
        HttpClient http, string address, CancellationToken cancellationToken)
    {
        var response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var headers = JsonInvoker.HeadersOf(response.Headers);
        if (!response.IsSuccessStatusCode)
        {
            _headers.SetResult(headers);
            throw new JsonFailure(await WireError.FromAsync(response));
        }

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var items = SseParser.Create(await response.Content.ReadAsStreamAsync(cancellationToken))
            .EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        Assert.True(await items.MoveNextAsync());
        headers.Add("position", items.Current.EventId!);
        _headers.SetResult(headers);
        return items;
    }
}
