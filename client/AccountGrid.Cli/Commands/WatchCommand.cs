using System.CommandLine;
using System.Globalization;
using AccountGrid.V1;
using Grpc.Core;

namespace AccountGrid.Cli.Commands;

/// <summary><c>watch</c>: changes as they commit; survives a server's restart without losing one.</summary>
internal static class WatchCommand
{
    public static Command Create(CommandFactory factory)
    {
        var ids = new Argument<long[]>("ID")
        {
            Description = "Only these accounts, up to 1,000 [default: all]",
            CustomParser = Parsers.AccountIds,
            Arity = new ArgumentArity(0, 1000),
            DefaultValueFactory = _ => [],
        };
        var from = new Option<long?>("--from")
        {
            Description = "Resume behind this position; 0 = from the beginning [default: from now on]",
            HelpName = "POSITION",
            CustomParser = Parsers.Whole(0, long.MaxValue),
        };
        var limit = new Option<long?>("--limit")
        {
            Description = "End after so many changes [default: never]",
            HelpName = "N",
            CustomParser = Parsers.Whole(1, long.MaxValue),
        };
        return factory.New(
            "watch",
            "Streams changes of status, protection and proposals; reconnects and resumes. Role: service or staff.",
            (run, cancellationToken) => new Watch(run, run.Get(ids), run.Get(from), run.Get(limit)).RunAsync(cancellationToken),
            ids, from, limit);
    }

    private sealed class Watch(Invocation run, long[] accounts, long? position, long? limit)
    {
        private long _seen;
        private bool _wasConnected;

        public async Task<ExitCode> RunAsync(CancellationToken cancellationToken)
        {
            try
            {
                for (var failures = 0; ;)
                {
                    var before = _seen;
                    var error = await ReadAsync(failures, cancellationToken);
                    if (_seen >= limit)
                    {
                        return ExitCode.Ok;
                    }

                    failures = _seen > before ? 1 : failures + 1;
                    await WaitAsync(error, failures, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                run.Output.Note(position is { } p ? $"Go on later with --from {p}" : "Nothing was seen.");
                return ExitCode.Interrupted;
            }
        }

        // Answers why the stream ended; throws what no reconnecting heals, and when the server was never there.
        private async Task<ServerError?> ReadAsync(int failures, CancellationToken cancellationToken)
        {
            var request = new WatchEventsRequest { Accounts = { accounts } };
            if (position is { } after)
            {
                request.AfterPosition = after;
            }

            try
            {
                using var call = run.Api.Events.WatchEvents(request, run.Calls.Options(run.Timeout, cancellationToken));
                var headers = await call.ResponseHeadersAsync;
                _wasConnected = true;

                // Where "from now on" is: a stream that breaks before its first change resumes there and misses nothing.
                position ??= long.TryParse(headers.GetValue("position"), NumberStyles.None, CultureInfo.InvariantCulture, out var begin) ? begin : null;
                await foreach (var change in call.ResponseStream.ReadAllAsync(cancellationToken))
                {
                    position = change.Position;
                    run.Output.Answer(change, console => JournalViews.Change(console, change));
                    if (++_seen >= limit)
                    {
                        return null;
                    }
                }

                return null;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(e.Message, e, cancellationToken);
            }
            catch (RpcException e) when (ServerError.From(e).IsWorthRetrying && !(e.StatusCode == StatusCode.DeadlineExceeded && run.Timeout is not null)
                && (_wasConnected || failures + 1 < CallContext.MaxAttempts))
            {
                return ServerError.From(e);
            }
        }

        private async Task WaitAsync(ServerError? error, int failures, CancellationToken cancellationToken)
        {
            var delay = CallContext.DelayBefore(Math.Min(failures, 8), error?.RetryAfter);
            if (failures == 1)
            {
                run.Output.Note($"The stream ended{(error is null ? "" : $" ({error.Describe()})")}; reconnecting.");
            }

            await Task.Delay(delay, run.Clock, cancellationToken);
        }
    }
}
