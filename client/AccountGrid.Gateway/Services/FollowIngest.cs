using System.Collections.Immutable;
using System.Runtime.InteropServices;
using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Services;

/// <summary>
/// Applies a stream of follows in batches. A batch is sorted by account; accounts are applied in parallel, the follows
/// of one account in their order, and the next batch is read meanwhile. A batch begins when the one before is done, so
/// that the order within an account is the stream's. While it waits it grows, so that at a high rate more follows share
/// an account's call and a page of the store. A full queue is retried, which slows the sender down (back-pressure), and
/// then reported. One for each stream; one caller at a time.
/// </summary>
/// <param name="grains">Calls the accounts' grains.</param>
/// <param name="calls">Limits the calls of all streams together.</param>
/// <param name="most">Follows of one batch.</param>
/// <param name="clock">For pauses.</param>
/// <param name="caller">The caller of the stream.</param>
internal sealed class FollowIngest(GrainCalls grains, CallWindow calls, int most, TimeProvider clock, CallerInfo caller)
{
    /// <summary>Refused follows that the answer names; more are only counted.</summary>
    public const int MostErrors = 1000;

    /// <summary>Attempts at one account's part of a batch while its queue is full.</summary>
    private const int Attempts = 20;

    private static readonly Comparison<Taken> ByKey = Taken.Compare;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    /// <summary>The first errors by line; the last of them is on top and is dropped first.</summary>
    private readonly PriorityQueue<V1.IngestError, long> _errors = new();
    private readonly Lock _gate = new();
    private List<Taken> _gathering = [];
    private List<Taken> _underWay = [];
    private Task _applying = Task.CompletedTask;
    private volatile bool _broken;
    private long _received;
    private long _changed;
    private long _unchanged;
    private long _failed;

    /// <summary>Whether <see cref="FlushAsync"/> is due before more is taken.</summary>
    public bool IsFull => _gathering.Count >= most;

    /// <summary>Whether a batch can be applied without waiting for the one before.</summary>
    public bool CanFlushNow => _gathering.Count > 0 && _applying.IsCompleted;

    /// <summary>Takes one follow.</summary>
    public void Take(long line, long account, long follower, bool follows)
    {
        // The domain's rules for one follow, checked here too because the domain refuses a whole call for one bad
        // follow.
        if (!AccountId.TryCreate(account, out var id))
        {
            Refuse(line, RefusalReason.InvalidArgument, "account must be a positive account id");
        }
        else if (FollowRules.CheckFollower(id, AccountId.TryCreate(follower, out var other) ? other : default)
            is { } refusal)
        {
            Refuse(line, refusal.Reason, refusal.Message);
        }
        else
        {
            _received++;
            _gathering.Add(new Taken(account, follower, line, follows));
        }
    }

    /// <summary>Counts and reports a follow that cannot be applied.</summary>
    public void Refuse(long line, RefusalReason reason, string message)
    {
        _received++;
        Fail(line, reason, message);
    }

    /// <summary>
    /// Begins to apply the gathered batch when the one before is done, so that memory holds two batches at most.
    /// </summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _applying;
        if (_gathering.Count > 0)
        {
            (_gathering, _underWay) = (_underWay, _gathering);
            _gathering.Clear();
            _applying = Task.Run(() => ApplyAsync(_underWay, cancellationToken), CancellationToken.None);
        }
    }

    /// <summary>Applies what is left and sums up.</summary>
    public async Task<V1.IngestFollowsResponse> FinishAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        await _applying;
        return new()
        {
            Received = _received,
            Changed = _changed,
            Unchanged = _unchanged,
            Failed = _failed,
            Errors = { _errors.UnorderedItems.Select(static e => e.Element).OrderBy(static e => e.Line) },
        };
    }

    /// <summary>Waits until no call of this stream is in flight; never fails.</summary>
    public Task SettleAsync() =>
        _applying.ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private async Task ApplyAsync(List<Taken> batch, CancellationToken cancellationToken)
    {
        CollectionsMarshal.AsSpan(batch).Sort(ByKey);
        var ends = EndsOfParts(batch);
        var parts = new Task[ends.Count];
        var begun = 0;
        try
        {
            while (begun < parts.Length && !_broken)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var places = await calls.EnterAsync(parts.Length - begun); places > 0; places--)
                {
                    parts[begun] = ApplyAsync(batch, begun == 0 ? 0 : ends[begun - 1], ends[begun], cancellationToken);
                    begun++;
                }
            }
        }
        finally
        {
            // Also on failure, so that no call of the stream is in flight afterwards.
            await Task.WhenAll(parts.AsSpan(0, begun));
        }
    }

    /// <summary>Applies one account's part of a batch; the caller has taken a place for the first call.</summary>
    private async Task ApplyAsync(List<Taken> batch, int from, int to, CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = Math.Min(to, from + Limits.FollowBatch);
            await ApplyOnceAsync(batch, from, end, cancellationToken);
            from = end;
            if (from == to)
            {
                return;
            }

            cancellationToken.ThrowIfCancellationRequested();
            await calls.EnterAsync(1);
        }
    }

    private async Task ApplyOnceAsync(List<Taken> batch, int from, int to, CancellationToken cancellationToken)
    {
        var changes = ChangesOf(batch, from, to);
        for (var attempt = 1; ; attempt++)
        {
            var (reply, mayRetry) = await CallAsync(batch[from].Account, changes);
            if (reply.Refusal is not { } refusal)
            {
                Interlocked.Add(ref _changed, reply.Changed);
                Interlocked.Add(ref _unchanged, changes.Length - reply.Changed);
                return;
            }

            if (!mayRetry || attempt == Attempts)
            {
                for (var i = from; i < to; i++)
                {
                    Fail(batch[i].Line, refusal.Reason, refusal.Message);
                }

                return;
            }

            // Doubled each time: with a fixed delay, one of many streams into a hot account could fail every time.
            var delay = (refusal.RetryAfter ?? FirstDelay) * Math.Pow(2, attempt - 1);
            await Task.Delay(delay < LongestDelay ? delay : LongestDelay, clock, cancellationToken);
            await calls.EnterAsync(1);
        }
    }

    /// <summary>
    /// One call, which gives its place back, and whether it may be retried: a queue was full or the account could not
    /// be placed, so that nothing was done; or its silo went away, and follows that were applied then count as
    /// unchanged. Not cancelable: it ends soon, and a token that crosses to the grain costs as much as the call.
    /// </summary>
    private async Task<(FollowReply Reply, bool MayRetry)> CallAsync(long account, ImmutableArray<FollowInput> changes)
    {
        var began = clock.GetTimestamp();
        var mayRetry = false;
        try
        {
            var reply = await grains.Account(account).FollowAsync(changes, caller, CancellationToken.None);
            mayRetry = reply.Refusal is { Reason: RefusalReason.Overloaded };
            return (reply, mayRetry);
        }
        catch (Exception exception) when (ExceptionMap.RefusalOf(exception) is { } refusal)
        {
            mayRetry = refusal.Reason == RefusalReason.Overloaded
                || (exception is GrainRefusedException && refusal.RetryAfter is not null)
                || LostCalls.IsLost(exception);
            return (new FollowReply(0, null, refusal), mayRetry);
        }
        catch
        {
            _broken = true;
            throw;
        }
        finally
        {
            calls.Leave(began, wasRefused: mayRetry);
        }
    }

    private void Fail(long line, RefusalReason reason, string message)
    {
        Interlocked.Increment(ref _failed);
        lock (_gate)
        {
            if (_errors.Count < MostErrors || line < _errors.Peek().Line)
            {
                _errors.Enqueue(
                    new V1.IngestError { Line = line, Reason = ErrorMap.Of(reason).Reason, Message = message }, -line);
                if (_errors.Count > MostErrors)
                {
                    _errors.Dequeue();
                }
            }
        }
    }

    /// <summary>Where each account's part of an ordered batch ends.</summary>
    private static List<int> EndsOfParts(List<Taken> batch)
    {
        var ends = new List<int>();
        for (var i = 1; i < batch.Count; i++)
        {
            if (batch[i].Account != batch[i - 1].Account)
            {
                ends.Add(i);
            }
        }

        ends.Add(batch.Count);
        return ends;
    }

    private static ImmutableArray<FollowInput> ChangesOf(List<Taken> batch, int from, int to)
    {
        var changes = new FollowInput[to - from];
        for (var i = 0; i < changes.Length; i++)
        {
            changes[i] = new FollowInput(batch[from + i].Follower, batch[from + i].Follows);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(changes);
    }

    /// <summary>One follow to be applied.</summary>
    private readonly record struct Taken(long Account, long Follower, long Line, bool Follows)
    {
        /// <summary>
        /// By account and follower, as the store is ordered; follows of the same two keep the stream's order.
        /// </summary>
        public static int Compare(Taken x, Taken y) =>
            x.Account != y.Account ? x.Account.CompareTo(y.Account)
            : x.Follower != y.Follower ? x.Follower.CompareTo(y.Follower)
            : x.Line.CompareTo(y.Line);
    }
}
