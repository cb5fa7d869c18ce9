using System.Globalization;
using System.Runtime.CompilerServices;
using AccountGrid.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccountGrid.Client;

/// <summary>The settings of a stream of events.</summary>
internal sealed record EventStreamSettings
{
    public static readonly TimeSpan LeastProgress = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan MostProgress = TimeSpan.FromMinutes(1);

    /// <summary>After so many intervals without a word a stream is broken.</summary>
    private const int SilentIntervals = 3;

    /// <summary>Resume behind this position; <c>null</c> = from now on.</summary>
    public long? After { get; init; }

    /// <summary>Only these; empty = all.</summary>
    public IReadOnlyList<long> Accounts { get; init; } = [];

    /// <summary>The interval of the server's reports of its position.</summary>
    public required TimeSpan Progress { get; init; }

    /// <summary>
    /// Whether it ends with an error when the server was never there for as many attempts as calls have.
    /// </summary>
    public bool GivesUpUnconnected { get; init; }

    /// <summary>
    /// The longest silence. Held only against a server that has shown that it speaks of progress: an older one does
    /// not.
    /// </summary>
    public TimeSpan LongestSilence => Progress * SilentIntervals;
}

/// <summary>One step of a stream of events.</summary>
/// <param name="Event">What happened; <c>null</c> where the step only says how far the stream is.</param>
/// <param name="CompleteAt">
/// A timestamp of the client's clock: every change that was committed before that moment has been stepped over.
/// <c>null</c> = unknown.
/// </param>
/// <param name="ConnectedAt">
/// A timestamp of the client's clock from before the connection that the step came over was asked for.
/// </param>
/// <param name="IsBreak">
/// The connection is over, and not because of the caller's token: nothing more comes over it.
/// </param>
internal readonly record struct WatchStep(
    WatchEventsResponse? Event, long? CompleteAt, long ConnectedAt, bool IsBreak = false);

/// <summary>
/// A watch over as many connections as it takes: each goes on behind the last position. One reader at a time;
/// <see cref="Position"/> may be read by any thread.
/// </summary>
internal sealed class EventStream
{
    private const int SlowestPauseAfter = 8;

    private readonly EventService.EventServiceClient _stub;
    private readonly CallPipeline _calls;
    private readonly EventStreamSettings _settings;
    private readonly TimeProvider _clock;
    private long _position;
    private bool _wasConnected;

    public EventStream(EventService.EventServiceClient stub, CallPipeline calls, EventStreamSettings settings)
    {
        _stub = stub;
        _calls = calls;
        _settings = settings;
        _clock = calls.Settings.Clock;
        _position = settings.After ?? -1;
    }

    /// <summary>The position behind which the next connection resumes; <c>null</c> = from now on.</summary>
    public long? Position => Volatile.Read(ref _position) is var position and >= 0 ? position : null;

    /// <summary>
    /// Steps until the caller cancels or nothing helps. The first step of each connection is no event, and neither is
    /// the last one of a connection that broke.
    /// </summary>
    /// <exception cref="AccountGridException">No reconnecting helps.</exception>
    public async IAsyncEnumerable<WatchStep> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var renewedToken = false;
        for (var failures = 0; ;)
        {
            var token = await _calls.TokenAsync(cancellationToken);
            Exception? ended = null;
            long? lastConnected = null;
            using (var connection = new Connection(this, token, cancellationToken))
            {
                while (true)
                {
                    var next = await connection.NextAsync();
                    if (next.Step is not { } step)
                    {
                        ended = next.Ended;
                        break;
                    }

                    lastConnected = step.ConnectedAt;
                    yield return step;
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (lastConnected is not null)
            {
                (failures, renewedToken) = (0, false);
            }

            var failure = FailureOf(ended, failures + 1);
            if (failure?.Code != StatusCode.Unauthenticated && lastConnected is { } connectedAt)
            {
                yield return new WatchStep(null, null, connectedAt, IsBreak: true);
            }

            if (failure is { Code: StatusCode.Unauthenticated } && token is not null && !renewedToken)
            {
                // A token's end ends the stream: go on with another one, at once.
                renewedToken = true;
                _calls.Refused(token);
                _calls.Settings.Log.TokenRefused(ServiceMethod.WatchEvents.FullName);
                continue;
            }

            await PauseAsync(failure, ended, ++failures, cancellationToken);
        }
    }

    private static CallFailure? FailureOf(Exception? ended, int attempts) => ended switch
    {
        RpcException rpc => CallFailure.Of(rpc, ServiceMethod.WatchEvents, attempts: attempts),
        AccountGridException own => own.Failure,
        _ => null,
    };

    private async Task PauseAsync(
        CallFailure? failure, Exception? ended, int failures, CancellationToken cancellationToken)
    {
        var retry = _calls.Settings.Options.Retry;
        var error = failure is null ? null : new AccountGridException(failure, ended);
        if (error is not null && (!RetryRule.MayRepeat(failure!, Repetition.Harmless, retry.LongestDelay)
            || (_settings.GivesUpUnconnected && !_wasConnected && failures >= retry.MaxAttempts)))
        {
            throw error;
        }

        var delay = _calls.DelayBefore(Math.Min(failures, SlowestPauseAfter), error?.RetryAfter);
        _calls.Settings.Log.Resuming(failure?.Code ?? StatusCode.OK, failure?.Reason ?? "", Position, delay);
        retry.OnRetry?.Invoke(new AccountGridRetry(ServiceMethod.WatchEvents.FullName, error, delay, failures));
        await Task.Delay(delay, _clock, cancellationToken);
    }

    /// <summary>One connection. What it answers is a step, or why there are no more.</summary>
    private sealed class Connection : IDisposable
    {
        private readonly EventStream _stream;
        private readonly CancellationToken _caller;
        private readonly CancellationTokenSource _silence;
        private readonly CancellationTokenSource _either;
        private readonly long _askedAt;
        private readonly AsyncServerStreamingCall<WatchEventsResponse> _call;
        private TimeSpan _patience;
        private bool _hasHeaders;

        public Connection(EventStream stream, AccountGridToken? token, CancellationToken caller)
        {
            _stream = stream;
            _caller = caller;
            _patience = stream._calls.Settings.Options.Deadlines.Read;
            _silence = new CancellationTokenSource(_patience, stream._clock);
            _either = CancellationTokenSource.CreateLinkedTokenSource(caller, _silence.Token);
            var request = new WatchEventsRequest
            {
                Accounts = { stream._settings.Accounts },
                ProgressInterval = Duration.FromTimeSpan(stream._settings.Progress),
            };
            if (stream.Position is { } after)
            {
                request.AfterPosition = after;
            }

            // Before anything is sent: whatever the server measures from its side began later.
            _askedAt = stream._clock.GetTimestamp();
            _call = stream._stub.WatchEvents(
                request, stream._calls.Options(token, ServiceMethod.WatchEvents, atMost: null, _either.Token));
        }

        /// <summary>
        /// The next step; without one, why the connection ended (<c>null</c> = the server closed it without an error).
        /// </summary>
        public async Task<(WatchStep? Step, Exception? Ended)> NextAsync()
        {
            try
            {
                return (_hasHeaders ? await ReadAsync() : await OpenAsync(), null);
            }
            catch (RpcException) when (_silence.IsCancellationRequested && !_caller.IsCancellationRequested)
            {
                return (null, new AccountGridException(
                    CallFailure.Silence(ServiceMethod.WatchEvents, _patience), inner: null));
            }
            catch (RpcException e)
            {
                return (null, e);
            }
        }

        public void Dispose()
        {
            _call.Dispose();
            _either.Dispose();
            _silence.Dispose();
        }

        private async Task<WatchStep?> OpenAsync()
        {
            var headers = await _call.ResponseHeadersAsync;
            (_hasHeaders, _stream._wasConnected) = (true, true);
            _silence.CancelAfter(Timeout.InfiniteTimeSpan);
            if (_stream.Position is not null)
            {
                return new WatchStep(null, null, _askedAt);
            }

            // Where "from now on" is: a stream that breaks before its first event resumes there and misses nothing.
            if (long.TryParse(
                headers.GetValue("position"), NumberStyles.None, CultureInfo.InvariantCulture, out var begin))
            {
                Volatile.Write(ref _stream._position, begin);
                return new WatchStep(null, _askedAt, _askedAt);
            }

            return new WatchStep(null, null, _askedAt);
        }

        private async Task<WatchStep?> ReadAsync()
        {
            while (await _call.ResponseStream.MoveNext(CancellationToken.None))
            {
                var message = _call.ResponseStream.Current;
                var isOld = message.Position <= (_stream.Position ?? -1);
                Volatile.Write(ref _stream._position, Math.Max(message.Position, _stream.Position ?? -1));
                if (message.CompleteThrough is { } sinceAsked)
                {
                    _patience = _stream._settings.LongestSilence;
                    Listen();
                    return new WatchStep(null, CompleteAt(sinceAsked.ToTimeSpan()), _askedAt);
                }

                Listen();
                if (!isOld)
                {
                    return new WatchStep(message, null, _askedAt);
                }
            }

            return null;
        }

        // The server counts from when it took the call, which is after it was asked: so this is early, never late. And
        // nothing can be complete beyond now.
        private long CompleteAt(TimeSpan sinceAsked)
        {
            var claimed = _askedAt + (long)(sinceAsked.TotalSeconds * _stream._clock.TimestampFrequency);
            return Math.Min(claimed, _stream._clock.GetTimestamp());
        }

        // Only while it waits for the other side may it be called silent, and only once it is known to speak.
        private void Listen()
        {
            if (_patience == _stream._settings.LongestSilence)
            {
                _silence.CancelAfter(_patience);
            }
        }
    }
}
