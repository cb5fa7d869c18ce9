using System.Collections.Immutable;
using System.Diagnostics;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Brings follow batches to the ledger: at most one transaction of the account is under way, and the small batches that arrive meanwhile go
/// together into the next. Bounded; first come, first served; each caller learns what became of its own changes.
/// Not thread-safe; runs on its processor's scheduler.
/// </summary>
internal sealed class FollowPump(AccountId account, AccountServices services, FollowerCache followers)
{
    private readonly LinkedList<Batch> _waiting = new();
    private int _waitingChanges;
    private bool _running;

    public async Task<FollowOutcome> ApplyAsync(ImmutableArray<FollowChange> changes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var limits = services.Limits;
        if (_waiting.Count >= limits.FollowQueueDepth || _waitingChanges + changes.Length > limits.FollowQueueTransactions * Limits.FollowBatch)
        {
            services.Diagnostics.QueueFull("follows");
            return new(0, null, Refusal.Overloaded($"The follow queue of account {account}", limits.RetryAfter));
        }

        var batch = new Batch(changes);
        batch.Node = _waiting.AddLast(batch);
        _waitingChanges += changes.Length;
        if (!_running)
        {
            _running = true;
            _ = RunAsync();
        }

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

    private async Task RunAsync()
    {
        // Not a part of whichever call happened to start it.
        Activity.Current = null;
        while (_waiting.First is not null)
        {
            var (batches, changes) = Take();
            try
            {
                var result = await services.Ledger.ApplyAsync(
                    account, changes, Microseconds.Truncate(services.Clock.GetUtcNow()), CancellationToken.None);
                services.Diagnostics.FollowsApplied(changes.Length, result.Changed.Count(changed => changed));
                followers.Accept(result.After);
                Answer(batches, result);
            }
            catch (StorageOverloadedException full)
            {
                services.Diagnostics.QueueFull("ledger");
                batches.ForEach(b => b.Answer.SetResult(new(0, null, Refusal.Overloaded(full.What, full.RetryAfter))));
            }
            catch (Exception e)
            {
                AccountLog.FollowsFailed(services.Log, e, account);
                if (e is not StorageUnavailableException { OutcomeUnknown: false })
                {
                    followers.Doubt();
                }

                batches.ForEach(b => b.Answer.SetException(e));
            }
        }

        _running = false;
    }

    /// <summary>As many whole batches as fit into one transaction; one always does.</summary>
    private (List<Batch> Batches, ImmutableArray<FollowChange> Changes) Take()
    {
        var batches = new List<Batch>();
        var count = 0;
        while (_waiting.First?.Value is { } next && (batches.Count == 0 || count + next.Changes.Length <= Limits.FollowBatch))
        {
            Remove(next);
            batches.Add(next);
            count += next.Changes.Length;
        }

        if (batches.Count == 1)
        {
            return (batches, batches[0].Changes);
        }

        var all = ImmutableArray.CreateBuilder<FollowChange>(count);
        batches.ForEach(b => all.AddRange(b.Changes));
        return (batches, all.MoveToImmutable());
    }

    private static void Answer(List<Batch> batches, FollowResult result)
    {
        var from = 0;
        foreach (var batch in batches)
        {
            var changed = result.Changed.AsSpan(from, batch.Changes.Length).Count(true);
            from += batch.Changes.Length;
            batch.Answer.SetResult(new(changed, result.After, null));
        }
    }

    private void Remove(Batch batch)
    {
        _waiting.Remove(batch.Node!);
        _waitingChanges -= batch.Changes.Length;
        batch.Node = null;
    }

    private sealed class Batch(ImmutableArray<FollowChange> changes)
    {
        public ImmutableArray<FollowChange> Changes { get; } = changes;

        public TaskCompletionSource<FollowOutcome> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The place in the queue; <c>null</c> once it is with the ledger.</summary>
        public LinkedListNode<Batch>? Node { get; set; }
    }
}
