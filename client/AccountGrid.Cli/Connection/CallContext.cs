using System.Security.Cryptography;
using Grpc.Core;

namespace AccountGrid.Cli;

/// <summary>How one person (or service) calls one server: the token, the time limit and the bounded retries.</summary>
/// <param name="Token">The bearer token; empty for calls that need none.</param>
/// <param name="Timeout">The limit of one attempt; <c>null</c> = each call's own default.</param>
/// <param name="Clock">The clock.</param>
/// <param name="OnRetry">Told before each retry: what happened and how long it waits.</param>
internal sealed record CallContext(string Token, TimeSpan? Timeout, TimeProvider Clock, Action<ServerError, TimeSpan>? OnRetry = null)
{
    /// <summary>How often one call is sent at most.</summary>
    public const int MaxAttempts = 5;

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>A fresh idempotency key: 128 random bits.</summary>
    public static string NewRequestId() => "cli-" + RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>
    /// Makes a unary call, again with the same bytes (hence the same request id) where the outcome is unknown or the server is busy,
    /// at most <see cref="MaxAttempts"/> times.
    /// </summary>
    /// <exception cref="RpcException">The last attempt's failure.</exception>
    public Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken, TimeSpan? timeout = null) =>
        RetryAsync(
            async options =>
            {
                using var attempt = call(options);
                return await attempt.ResponseAsync;
            },
            cancellationToken,
            timeout);

    /// <summary>Runs any call under the retry rule; <paramref name="attempt"/> must be safe to repeat.</summary>
    public async Task<T> RetryAsync<T>(Func<CallOptions, Task<T>> attempt, CancellationToken cancellationToken, TimeSpan? timeout = null)
    {
        for (var number = 1; ; number++)
        {
            try
            {
                return await attempt(Options(Timeout ?? timeout ?? DefaultTimeout, cancellationToken));
            }
            catch (RpcException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var error = ServerError.From(e);
                if (!error.IsWorthRetrying || number == MaxAttempts)
                {
                    throw;
                }

                var delay = DelayBefore(number, error.RetryAfter);
                OnRetry?.Invoke(error, delay);
                await Task.Delay(delay, Clock, cancellationToken);
            }
        }
    }

    /// <summary>The options of one attempt; no limit where <paramref name="timeout"/> is <c>null</c>, as for a watch.</summary>
    public CallOptions Options(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var headers = new Metadata();
        if (Token.Length > 0)
        {
            headers.Add("authorization", $"Bearer {Token}");
        }

        return new CallOptions(headers, timeout is { } limit ? Clock.GetUtcNow().UtcDateTime + limit : null, cancellationToken);
    }

    /// <summary>The wait before the next attempt: what the server asked for, else doubling; up to a quarter is random, so that a crowd does not return at once.</summary>
    public static TimeSpan DelayBefore(int failedAttempts, TimeSpan? askedFor)
    {
        var wait = askedFor ?? FirstDelay * Math.Pow(2, failedAttempts - 1);
        wait = wait > ServerError.LongestWait ? ServerError.LongestWait : wait;
        return wait * (1 + (RandomNumberGenerator.GetInt32(0, 251) / 1000d));
    }
}
