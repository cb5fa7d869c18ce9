using System.Collections.Immutable;
using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using AccountGrid.Grains;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Services;

/// <summary>
/// Applies a stream of follows. Gathers them by account, applies the accounts of a batch in parallel and their own follows in order, and reads the
/// next batch meanwhile; a batch begins only when the one before is through, so the order within an account is the stream's. A full queue is waited for,
/// which slows the sender down (back-pressure), and only then reported. One per stream; one caller at a time.
/// </summary>
internal sealed class FollowIngest(GrainCalls grains, IOptions<GatewayOptions> options, TimeProvider clock, CallerInfo caller)
{
    /// <summary>Refused follows that the answer names; more are only counted.</summary>
    public const int MostErrors = 1000;

    /// <summary>Attempts at one account's part of a batch while its queue is full.</summary>
    private const int Attempts = 20;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);
    private readonly int _batch = options.Value.Limits.IngestBatch;

    /// <summary>The earliest errors by number: the latest of them is on top and goes first.</summary>
    private readonly PriorityQueue<V1.IngestError, long> _errors = new();
    private readonly Lock _gate = new();
    private Dictionary<long, Part> _gathering = [];
    private int _gathered;
    private Task _applying = Task.CompletedTask;
    private long _received;
    private long _changed;
    private long _unchanged;
    private long _failed;

    /// <summary>Whether <see cref="FlushAsync"/> is due before more is taken.</summary>
    public bool IsFull => _gathered >= _batch;

    /// <summary>Whether a batch could be handed over without waiting for the one before.</summary>
    public bool CanFlushNow => _gathered > 0 && _applying.IsCompleted;

    /// <summary>Takes one follow.</summary>
    public void Take(long line, long account, long follower, bool follows)
    {
        // The rules for one follow are the domain's; asked here too, because one bad follow would have its whole part of the batch refused.
        if (!AccountId.TryCreate(account, out var id))
        {
            Refuse(line, RefusalReason.InvalidArgument, "account must be a positive account id");
            return;
        }

        if (FollowRules.CheckFollower(id, AccountId.TryCreate(follower, out var other) ? other : default) is { } refusal)
        {
            Refuse(line, refusal.Reason, refusal.Message);
            return;
        }

        // Here, and not only by the account: there one impossible follow would refuse the whole batch that it travels in.
        if (FollowRules.CheckFollower(new AccountId(account), new AccountId(follower)) is { } wrong)
        {
            Refuse(line, wrong.Reason, wrong.Message);
            return;
        }

        _received++;
        if (!_gathering.TryGetValue(account, out var part))
        {
            _gathering[account] = part = new Part();
        }

        part.Changes.Add(new FollowInput(follower, follows));
        part.Lines.Add(line);
        _gathered++;
    }

    /// <summary>Counts and names one that cannot be applied.</summary>
    public void Refuse(long line, RefusalReason reason, string message)
    {
        _received++;
        Fail(line, reason, message);
    }

    /// <summary>Hands the gathered batch over and returns when the one before is through, so that memory holds two batches at most.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _applying;
        if (_gathered > 0)
        {
            (var batch, _gathering, _gathered) = (_gathering, [], 0);
            _applying = ApplyAsync(batch, cancellationToken);
        }
    }

    /// <summary>Applies what is left and sums up.</summary>
    public async Task<V1.IngestFollowsResponse> FinishAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        await _applying;
        var response = new V1.IngestFollowsResponse { Received = _received, Changed = _changed, Unchanged = _unchanged, Failed = _failed };
        response.Errors.AddRange(_errors.UnorderedItems.Select(e => e.Element).OrderBy(e => e.Line));
        return response;
    }

    /// <summary>Waits, without regard to the result, until nothing of this stream is under way any more.</summary>
    public Task SettleAsync() => _applying.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private Task ApplyAsync(Dictionary<long, Part> batch, CancellationToken cancellationToken) =>
        grains.ForEachAsync([.. batch.Keys], async (account, token) => await ApplyAsync(account, batch[account], token), cancellationToken);

    private async Task ApplyAsync(long account, Part part, CancellationToken cancellationToken)
    {
        var changes = part.Changes.ToImmutableArray();
        for (var attempt = 1; ; attempt++)
        {
            var reply = await CallAsync(account, changes, cancellationToken);
            if (reply.Refusal is not { } refusal)
            {
                Interlocked.Add(ref _changed, reply.Changed);
                Interlocked.Add(ref _unchanged, changes.Length - reply.Changed);
                return;
            }

            if (refusal.Reason != RefusalReason.Overloaded || attempt == Attempts)
            {
                foreach (var line in part.Lines)
                {
                    Fail(line, refusal.Reason, refusal.Message);
                }

                return;
            }

            // Twice as long each time: with a fixed delay one of many streams into a hot account could lose every race.
            var delay = (refusal.RetryAfter ?? FirstDelay) * Math.Pow(2, attempt - 1);
            await Task.Delay(delay < LongestDelay ? delay : LongestDelay, clock, cancellationToken);
        }
    }

    private async Task<FollowReply> CallAsync(long account, ImmutableArray<FollowInput> changes, CancellationToken cancellationToken)
    {
        try
        {
            return await grains.Account(account).FollowAsync(changes, caller, cancellationToken);
        }
        catch (Exception exception) when (ExceptionMap.RefusalOf(exception) is not null)
        {
            return new FollowReply(0, null, ExceptionMap.RefusalOf(exception));
        }
    }

    private void Fail(long line, RefusalReason reason, string message)
    {
        Interlocked.Increment(ref _failed);
        lock (_gate)
        {
            if (_errors.Count < MostErrors || line < _errors.Peek().Line)
            {
                _errors.Enqueue(new V1.IngestError { Line = line, Reason = ErrorMap.Of(reason).Reason, Message = message }, -line);
                if (_errors.Count > MostErrors)
                {
                    _errors.Dequeue();
                }
            }
        }
    }

    /// <summary>One account's follows of a batch, in the stream's order.</summary>
    private sealed class Part
    {
        public List<FollowInput> Changes { get; } = [];

        public List<long> Lines { get; } = [];
    }
}
