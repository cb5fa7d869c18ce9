using Google.Protobuf;
using Grpc.Core;

namespace AccountGrid.Client;

/// <summary>The parts that all calls of one client share.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Clock">Measures pauses and the life of tokens.</param>
/// <param name="Log">Logs retries.</param>
internal sealed record CallSettings(AccountGridClientOptions Options, TimeProvider Clock, ClientLog Log);

/// <summary>
/// The one way of every unary call and every stream of an ingest: token, deadline, span, and the repetitions that
/// <see cref="RetryRule"/> allows. Thread-safe.
/// </summary>
/// <param name="settings">The parts that all calls share.</param>
/// <param name="tokens">The caller's tokens; <c>null</c> = none.</param>
internal sealed class CallPipeline(CallSettings settings, TokenSource? tokens)
{
    public CallSettings Settings => settings;

    /// <summary>The same with other tokens.</summary>
    public CallPipeline With(TokenSource? others) => new(settings, others);

    /// <summary>
    /// Makes a unary call. The request is copied first, and gets a request id where it may have one and has none.
    /// </summary>
    /// <param name="request">The request; its type says which method is called.</param>
    /// <param name="send">Sends it once.</param>
    /// <param name="cancellationToken">Ends it as a whole.</param>
    /// <param name="atMost">A shorter limit of one attempt than the method's own.</param>
    /// <exception cref="AccountGridException">The last attempt's failure.</exception>
    public Task<TAnswer> CallAsync<TRequest, TAnswer>(
        TRequest request,
        Func<TRequest, CallOptions, AsyncUnaryCall<TAnswer>> send,
        CancellationToken cancellationToken,
        TimeSpan? atMost = null)
        where TRequest : class, IMessage<TRequest>
    {
        ArgumentNullException.ThrowIfNull(request);
        var method = ServiceMethod.Of(request.Descriptor);
        var (sent, requestId) = method.Prepare(request);
        return RunAsync(
            method,
            async options =>
            {
                using var attempt = send(sent, options);
                return await attempt.ResponseAsync;
            },
            cancellationToken,
            requestId,
            atMost);
    }

    /// <summary>Makes any call; every attempt sends the same bytes, hence the same request id.</summary>
    /// <param name="method">The call.</param>
    /// <param name="attempt">Sends it once.</param>
    /// <param name="cancellationToken">Ends it as a whole.</param>
    /// <param name="requestId">The idempotency key that it carries, if any.</param>
    /// <param name="atMost">A shorter limit of one attempt than the method's own.</param>
    public async Task<T> RunAsync<T>(
        ServiceMethod method,
        Func<CallOptions, Task<T>> attempt,
        CancellationToken cancellationToken,
        string requestId = "",
        TimeSpan? atMost = null)
    {
        using var span = ClientDiagnostics.Start(method, settings.Options.Address!);
        var retry = settings.Options.Retry;
        var mayRenew = tokens is not null;
        var mayHaveActed = false;
        for (var attempts = 1; ; attempts++)
        {
            var token = await TokenAsync(cancellationToken);
            CallFailure failure;
            RpcException thrown;
            try
            {
                var answer = await attempt(Options(token, method, atMost, cancellationToken));
                span.Succeed(attempts);
                return answer;
            }
            catch (RpcException e)
            {
                thrown = e;
                failure = CallFailure.Of(e, method, requestId, attempts) with { MayHaveActedBefore = mayHaveActed };
                mayHaveActed |= failure.IsOutcomeUnknown;
            }

            if (cancellationToken.IsCancellationRequested)
            {
                span.Cancel(attempts);
                throw new OperationCanceledException(thrown.Status.Detail, thrown, cancellationToken);
            }

            if (failure.Code == StatusCode.Unauthenticated && mayRenew)
            {
                // Once: the token may have ended or been withdrawn on the way. A refused call did nothing.
                mayRenew = false;
                tokens!.Refused(token!);
                settings.Log.TokenRefused(method.FullName);
                continue;
            }

            var error = new AccountGridException(failure, thrown);
            if (attempts >= retry.MaxAttempts || !RetryRule.MayRepeat(failure, method.Repetition, retry.LongestDelay))
            {
                span.Fail(failure);
                throw error;
            }

            await PauseAsync(error, attempts, span, cancellationToken);
        }
    }

    /// <summary>A token; <c>null</c> where the caller has none.</summary>
    public async ValueTask<AccountGridToken?> TokenAsync(CancellationToken cancellationToken) =>
        tokens is null ? null : await tokens.GetAsync(cancellationToken);

    /// <summary>Forgets a token that a server refused.</summary>
    public void Refused(AccountGridToken? token)
    {
        if (token is not null)
        {
            tokens?.Refused(token);
        }
    }

    /// <summary>The options of one attempt.</summary>
    public CallOptions Options(
        AccountGridToken? token, ServiceMethod method, TimeSpan? atMost, CancellationToken cancellationToken)
    {
        var headers = new Metadata();
        if (token is not null)
        {
            headers.Add("authorization", $"Bearer {token.Value}");
        }

        var limit = settings.Options.Deadlines.Of(method.Time);
        limit = atMost < limit ? atMost : limit;

        // gRPC compares a deadline with the machine's own clock, whatever clock the rest of the client has.
        return new CallOptions(
            headers, limit is { } time ? TimeProvider.System.GetUtcNow().UtcDateTime + time : null, cancellationToken);
    }

    /// <summary>The pause before the next attempt.</summary>
    /// <param name="failures">How many attempts in a row have failed.</param>
    /// <param name="askedFor">The pause that the server asked for, if any.</param>
    public TimeSpan DelayBefore(int failures, TimeSpan? askedFor) =>
        RetryRule.DelayBefore(
            failures, askedFor, settings.Options.Retry.FirstDelay, settings.Options.Retry.LongestDelay);

    private async Task PauseAsync(
        AccountGridException error, int attempts, CallSpan span, CancellationToken cancellationToken)
    {
        var delay = DelayBefore(attempts, error.RetryAfter);
        span.Retry(error.Failure, delay);
        settings.Log.Repeating(error.Method, attempts, error.Code, error.Reason, delay);
        settings.Options.Retry.OnRetry?.Invoke(new AccountGridRetry(error.Method, error, delay, attempts));
        await Task.Delay(delay, settings.Clock, cancellationToken);
    }
}
