using Microsoft.AspNetCore.Http.Features;

namespace AccountGrid.Gateway.Requests;

/// <summary>
/// The time limit of one request. It begins when the request's token is first asked for, so that a read that never
/// waits makes no timer. Thread-safe.
/// </summary>
internal sealed class RequestDeadline(
    IHttpRequestLifetimeFeature inner, TimeSpan limit) : IHttpRequestLifetimeFeature, IDisposable
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _source;
    private CancellationToken _token;
    private CancellationTokenRegistration _whenAborted;

    /// <summary>Ends when the caller goes away or the time is up.</summary>
    public CancellationToken RequestAborted
    {
        get => Start();
        set => inner.RequestAborted = value;
    }

    /// <summary>Gives a request a time limit.</summary>
    public static void Begin(HttpContext context, RequestState state, TimeSpan limit)
    {
        state.Deadline = new RequestDeadline(context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>(), limit);
        context.Features.Set<IHttpRequestLifetimeFeature>(state.Deadline);
    }

    /// <summary>Whether the time limit of a request has passed.</summary>
    public static bool HasPassed(HttpContext context) =>
        RequestState.Of(context).Deadline is { _source.IsCancellationRequested: true, IsAborted: false };

    private bool IsAborted => inner.RequestAborted.IsCancellationRequested;

    /// <inheritdoc/>
    public void Abort() => inner.Abort();

    /// <summary>Stops the clock; the token stays as it is.</summary>
    public void Dispose()
    {
        // Outside the lock: this waits for callbacks that are running, and they may ask for the token.
        _whenAborted.Dispose();
        _source?.Dispose();
    }

    private CancellationToken Start()
    {
        lock (_gate)
        {
            if (_source is null)
            {
                _source = new CancellationTokenSource(limit);
                _token = _source.Token;
                _whenAborted = inner.RequestAborted.UnsafeRegister(
                    static source => ((CancellationTokenSource)source!).Cancel(), _source);
            }

            return _token;
        }
    }
}
