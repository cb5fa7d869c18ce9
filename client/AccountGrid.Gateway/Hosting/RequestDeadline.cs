using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace AccountGrid.Gateway.Hosting;

/// <summary>
/// The time limit of one request, which begins when something first waits with the request's token: a read that never waits makes no timer. Thread-safe.
/// </summary>
internal sealed class RequestDeadline(IHttpRequestLifetimeFeature inner, TimeSpan limit) : IHttpRequestLifetimeFeature, IDisposable
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _source;
    private CancellationToken _token;
    private CancellationTokenRegistration _whenAborted;

    /// <summary>Ends when the caller goes away or the time is up.</summary>
    public CancellationToken RequestAborted
    {
        get => Begin();
        set => inner.RequestAborted = value;
    }

    /// <summary>Whether the time limit of a request has passed: its method's, or the framework's for the host's own endpoints.</summary>
    public static bool HasPassed(HttpContext context) =>
        context.Features.Get<IHttpRequestLifetimeFeature>() is RequestDeadline deadline
            ? deadline._source is { IsCancellationRequested: true } && !deadline.IsAborted
            : context.Features.Get<IHttpRequestTimeoutFeature>()?.RequestTimeoutToken.IsCancellationRequested == true;

    private bool IsAborted => inner.RequestAborted.IsCancellationRequested;

    /// <inheritdoc/>
    public void Abort() => inner.Abort();

    /// <summary>Stops the clock; the token stays as it is.</summary>
    public void Dispose()
    {
        // Outside the lock: this waits for whoever is being told that the caller went away, and they may ask for the token.
        _whenAborted.Dispose();
        _source?.Dispose();
    }

    private CancellationToken Begin()
    {
        lock (_gate)
        {
            if (_source is null)
            {
                _source = new CancellationTokenSource(limit);
                _token = _source.Token;
                _whenAborted = inner.RequestAborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
            }

            return _token;
        }
    }
}
