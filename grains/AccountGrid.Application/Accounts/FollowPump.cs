using System.Collections.Immutable;
using System.Diagnostics;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Brings follow batches to the ledger: at most one transaction of the account is under way, and the small batches that
/// arrive meanwhile go together into the next. Bounded; first come, first served; each caller learns what became of its
/// own changes. A batch that finds nothing under way goes by itself and costs no queue: of many accounts that is nearly
/// every one. Not thread-safe; runs on its processor's scheduler.
/// </summary>
internal sealed class FollowPump(AccountProcessor account, AccountServices services, FollowerCache followers)
{
    /// <summary>What waits; made when something first has to.</summary>
    private LinkedList<Batch>? _waiting;
    private int _waitingChanges;
    private bool _running;

    /// <summary>Is told of every transaction while the edges are counted; <c>null</c> nearly always.</summary>
    public FollowMemory? Memory { get; set; }

    public Task<FollowOutcome> ApplyAsync(ImmutableArray<FollowChange> changes, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<FollowOutcome>(cancellationToken);
        }

        return _running ? WaitAsync(changes, cancellationToken) : ApplyAtOnceAsync(changes);
    }

    private async Task<FollowOutcome> ApplyAtOnceAsync(ImmutableArray<FollowChange> changes)
    {
        _running = true;
        try
        {
            using var span = services.Diagnostics.StartLedger(changes.Length);
            if (await AdmitAsync(changes, unfollowsBefore: 0) is { } refusal)
            {
                return new(0, null, refusal);
            }

            var (result, full) = await CommitAsync(changes);
            return result is null ? new(0, null, full) : OutcomeOf(result, 0, changes.Length);
        }
        finally
        {
            RunWaiting();
        }
    }

    private async Task<FollowOutcome> WaitAsync(
        ImmutableArray<FollowChange> changes, CancellationToken cancellationToken)
    {
        var limits = services.Limits;
        _waiting ??= new();
        if (_waiting.Count >= limits.FollowQueueDepth
            || _waitingChanges + changes.Length > limits.FollowQueueTransactions * Limits.FollowBatch)
        {
            services.Diagnostics.QueueFull("follows");
            return new(0, null, Refusal.Overloaded($"The follow queue of account {account.Id}", limits.RetryAfter));
        }

        var batch = new Batch(changes);
        batch.Node = _waiting.AddLast(batch);
        _waitingChanges += changes.Length;
        services.Diagnostics.Queues.Follows.Enter();
        try
        {
            return await batch.Answer.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (batch.Node is not null)
        {
            Remove(batch);
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It is with the ledger: what becomes of it is awaited, like an append.
            return await batch.Answer.Task;
        }
    }

    /// <summary>Goes on with what waits, if anything does.</summary>
    private void RunWaiting()
    {
        if (_waiting is { Count: > 0 } waiting)
        {
            _ = RunAsync(waiting);
        }
        else
        {
            _running = false;
        }
    }

    private async Task RunAsync(LinkedList<Batch> waiting)
    {
        // Not a part of whichever call happened to start it.
        Activity.Current = null;
        while (waiting.Count > 0)
        {
            var batches = Take(waiting);
            try
            {
                using var span = services.Diagnostics.StartLedger(
                    batches.Sum(static b => b.Changes.Length), batches.Select(static b => b.Caller));
                await AdmitAsync(batches, waiting);
                if (batches.Count > 0)
                {
                    var (result, full) = await CommitAsync(Join(batches));
                    Answer(batches, result, full);
                }
            }
            catch (Exception e)
            {
                batches.ForEach(b => b.Answer.TrySetException(e));
            }
        }

        Debug.Assert(_waitingChanges == 0, "Every change that waits is counted once.");
        _running = false;
    }

    /// <summary>One transaction; the refusal if the store has no room for it.</summary>
    private async ValueTask<(FollowResult? Result, Refusal? Full)> CommitAsync(ImmutableArray<FollowChange> changes)
    {
        Debug.Assert(_running, "A transaction of the account runs only in the one turn that there is.");
        try
        {
            var before = followers.Stored;
            var result = await services.Ledger.ApplyAsync(
                account.Id, changes, Microseconds.Truncate(services.Clock.GetUtcNow()), CancellationToken.None);
            services.Diagnostics.FollowsApplied(changes.Length, result.Changed.AsSpan().Count(true));
            Debug.Assert(result.Changed.Length == changes.Length, "The ledger answers every change.");
            followers.CompareWith(before, changes, result);
            followers.Accept(result.After);
            Memory?.Note(changes, result);
            Memory = Memory is { IsUseless: true } ? null : Memory;
            var (lost, gained) = Moved(changes, result);
            await account.AfterFollowsAsync(result.After.Count, lost, gained);
            return (result, null);
        }
        catch (StorageOverloadedException full)
        {
            return (null, Full(full));
        }
        catch (Exception e)
        {
            if (e is not StorageUnavailableException { OutcomeUnknown: false })
            {
                account.MayHaveLost(changes);
            }

            Failed(e);
            throw;
        }
    }

    /// <summary>
    /// Takes out and answers the batches that the account may not apply. From the first one on that does not fit beside
    /// those before it, they wait for the next transaction.
    /// </summary>
    private async ValueTask AdmitAsync(List<Batch> batches, LinkedList<Batch> waiting)
    {
        var unfollows = 0;
        for (var i = 0; i < batches.Count;)
        {
            if (!account.FitsBeside(batches[i].Changes, unfollows))
            {
                PutBack(batches, i, waiting);
                return;
            }

            if (await AdmitAsync(batches[i].Changes, unfollows) is { } refusal)
            {
                batches[i].Answer.SetResult(new(0, null, refusal));
                batches.RemoveAt(i);
                continue;
            }

            unfollows += AccountProcessor.UnfollowsIn(batches[i].Changes);
            i++;
        }
    }

    /// <summary>Why a batch must not be applied now, with so many unfollows before it in its transaction.</summary>
    private async ValueTask<Refusal?> AdmitAsync(ImmutableArray<FollowChange> changes, int unfollowsBefore)
    {
        try
        {
            return await account.BeforeFollowsAsync(changes, unfollowsBefore);
        }
        catch (StorageOverloadedException full)
        {
            return Full(full);
        }
        catch (Exception e)
        {
            Failed(e);
            throw;
        }
    }

    private Refusal Full(StorageOverloadedException full)
    {
        services.Diagnostics.QueueFull("ledger");
        return Refusal.Overloaded(full.What, full.RetryAfter);
    }

    private void Failed(Exception e)
    {
        AccountLog.FollowsFailed(services.Log, e, account.Id);
        if (e is not StorageUnavailableException { OutcomeUnknown: false })
        {
            followers.Invalidate();
        }
    }

    /// <summary>How many followers a transaction took away and brought.</summary>
    private static (int Lost, int Gained) Moved(ImmutableArray<FollowChange> changes, FollowResult result)
    {
        var (lost, gained) = (0, 0);
        for (var i = 0; i < changes.Length; i++)
        {
            lost += result.Changed[i] && !changes[i].Follows ? 1 : 0;
            gained += result.Changed[i] && changes[i].Follows ? 1 : 0;
        }

        return (lost, gained);
    }

    /// <summary>As many whole batches as fit into one transaction; one always does.</summary>
    private List<Batch> Take(LinkedList<Batch> waiting)
    {
        var batches = new List<Batch>();
        var count = 0;
        while (waiting.First?.Value is { } next
            && (batches.Count == 0 || count + next.Changes.Length <= Limits.FollowBatch))
        {
            Remove(next);
            batches.Add(next);
            count += next.Changes.Length;
        }

        return batches;
    }

    /// <summary>Puts the batches from a place on back to the front of those that wait, in their order.</summary>
    private void PutBack(List<Batch> batches, int from, LinkedList<Batch> waiting)
    {
        for (var i = batches.Count - 1; i >= from; i--)
        {
            var batch = batches[i];
            batch.Node = waiting.AddFirst(batch);
            _waitingChanges += batch.Changes.Length;
            services.Diagnostics.Queues.Follows.Enter();
        }

        batches.RemoveRange(from, batches.Count - from);
    }

    private static ImmutableArray<FollowChange> Join(List<Batch> batches)
    {
        if (batches.Count == 1)
        {
            return batches[0].Changes;
        }

        var all = ImmutableArray.CreateBuilder<FollowChange>(batches.Sum(static b => b.Changes.Length));
        batches.ForEach(b => all.AddRange(b.Changes));
        return all.MoveToImmutable();
    }

    private static void Answer(List<Batch> batches, FollowResult? result, Refusal? full)
    {
        var from = 0;
        foreach (var batch in batches)
        {
            batch.Answer.SetResult(result is null ? new(0, null, full) : OutcomeOf(result, from, batch.Changes.Length));
            from += batch.Changes.Length;
        }
    }

    private static FollowOutcome OutcomeOf(FollowResult result, int from, int length) =>
        new(result.Changed.AsSpan(from, length).Count(true), result.After, null);

    private void Remove(Batch batch)
    {
        batch.Node!.List!.Remove(batch.Node);
        services.Diagnostics.Queues.Follows.Leave();
        _waitingChanges -= batch.Changes.Length;
        batch.Node = null;
    }

    private sealed class Batch(ImmutableArray<FollowChange> changes)
    {
        public ImmutableArray<FollowChange> Changes { get; } = changes;

        /// <summary>The span of the caller that waits; <c>null</c> where none is recorded.</summary>
        public Activity? Caller { get; } = Activity.Current is { Recorded: true } caller ? caller : null;

        public TaskCompletionSource<FollowOutcome> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The place in the queue; <c>null</c> once it is with the ledger.</summary>
        public LinkedListNode<Batch>? Node { get; set; }
    }
}
