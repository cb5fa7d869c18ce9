using AccountGrid.Chaos.Histories;
using Grpc.Core;

namespace AccountGrid.Chaos.Workloads;

/// <summary>
/// Carries out one planned call after another. What was not answered is sent again with the same request id until it is, or, rarely, given up: then its outcome stays
/// unknown.
/// </summary>
internal sealed class Client(
    History history, Connection connection, Func<string, IEnumerable<string>, string> tokenFor, Random random, WorkloadOptions options)
{
    private const int MaxAttempts = 200;
    private const string UnnamedRefusals = "UNNAMED_REFUSALS";
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetryPause = TimeSpan.FromSeconds(1);

    /// <summary>Does it.</summary>
    /// <returns>The final word; <c>null</c> where it was given up. <see cref="IsFull"/> says whether the history is full.</returns>
    public async Task<Answer?> RunAsync(PlannedCall planned, bool mayGiveUp, CancellationToken cancellationToken)
    {
        if (history.TryBegin(planned.Intent) is not { } entry)
        {
            IsFull = true;
            return null;
        }

        var turn = random.Next(1 << 20);
        var givesUp = mayGiveUp && random.Next(100) < options.GivesUpPercent;
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var moved = connection.NextMove();
            if (await AttemptAsync(planned, entry, turn + attempt, cancellationToken) is { } answer)
            {
                return answer;
            }

            if (givesUp || entry.Attempts[^1].Error == UnnamedRefusals)
            {
                return null;
            }

            await Task.WhenAny(moved, Task.Delay(RetryPause * attempt < LongestRetryPause ? RetryPause * attempt : LongestRetryPause, cancellationToken));
        }

        throw new InvalidOperationException($"Not answered in {MaxAttempts} attempts, last {entry.Attempts[^1].Error}: {planned.Intent}");
    }

    /// <summary>Whether the history had no room for the last operation.</summary>
    public bool IsFull { get; private set; }

    private async Task<Answer?> AttemptAsync(PlannedCall planned, History.Entry entry, int turn, CancellationToken cancellationToken)
    {
        var endpoint = await connection.EnterAsync(turn, cancellationToken);
        try
        {
            var token = tokenFor(planned.Subject, planned.Roles);
            var traceId = entry.Start(endpoint.Incarnation, endpoint.Name);
            var headers = new Metadata { { "authorization", "Bearer " + token }, { "traceparent", $"00-{traceId}-{traceId[..16]}-01" } };

            // Not cancelled with the client: an attempt that left has an end of its own.
            using var timeout = new CancellationTokenSource(planned.Timeout);
            var answer = await planned.Send(endpoint.Invoker, new CallOptions(headers, cancellationToken: timeout.Token));
            entry.Answered(answer);
            return answer;
        }
        catch (RpcException e)
        {
            if (GridCalls.Refusal(e, planned.Intent) is { } refused)
            {
                entry.Answered(refused);
                return refused;
            }

            entry.Failed(GridCalls.KindOf(e));
            return null;
        }
        catch (UnnamedRefusalsException)
        {
            entry.Failed(UnnamedRefusals);
            return null;
        }
        finally
        {
            connection.Leave();
        }
    }
}
