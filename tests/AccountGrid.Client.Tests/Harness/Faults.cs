using System.Collections.Concurrent;

namespace AccountGrid.Client.Tests;

/// <summary>
/// Stands between a client and the real network: counts what goes through, and lets a test do harm at a chosen moment.
/// </summary>
public sealed class Faults : DelegatingHandler
{
    private readonly ConcurrentQueue<(string Method, string? Authorization)> _seen = new();

    private readonly TaskCompletionSource _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Called for each request with the method's name and what sends it on; <c>null</c> = it is sent on.
    /// </summary>
    public Func<string, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>>? On { get; set; }

    /// <summary>Which requests never get an answer; asked with the method's name.</summary>
    public Func<string, bool>? Hangs { get; set; }

    /// <summary>Completes when a request hangs.</summary>
    public Task Hung => _hung.Task;

    /// <summary>How often a method was sent.</summary>
    public int Count(string method) => _seen.Count(s => s.Method == method);

    /// <summary>The tokens that a method was sent with, in order.</summary>
    public IReadOnlyList<string?> Tokens(string method) =>
        [.. _seen.Where(s => s.Method == method).Select(static s => s.Authorization)];

    /// <summary>An answer that came and was lost on its way: the server has done its work.</summary>
    public static async Task<HttpResponseMessage> LoseAsync(Func<Task<HttpResponseMessage>> send)
    {
        using var response = await send();
        await response.Content.ReadAsByteArrayAsync(CancellationToken.None);
        throw new HttpRequestException("The connection broke.", new IOException("The connection broke."));
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var method = request.RequestUri!.Segments[^1];
        _seen.Enqueue((method, request.Headers.TryGetValues("authorization", out var values) ? values.Single() : null));
        if (Hangs?.Invoke(method) == true)
        {
            _hung.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return On is { } on
            ? await on(method, () => base.SendAsync(request, cancellationToken))
            : await base.SendAsync(request, cancellationToken);
    }
}
