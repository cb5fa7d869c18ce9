namespace AccountGrid.Client;

/// <summary>The answer to a read.</summary>
/// <param name="Read">The server's answer.</param>
/// <param name="AskedAt">
/// A timestamp from before the read was sent: the answer was true at some moment after it.
/// </param>
internal sealed record StatusAnswer(KeptRead Read, long AskedAt);

/// <summary>
/// Reads accounts for many callers at a time: those that ask while a few reads are under way share the next one, and
/// callers that ask for the same account share its answer. Thread-safe.
/// </summary>
internal sealed class StatusReads(
    AccountsClient accounts, StatusTable table, TimeProvider clock, TimeSpan atMost, CancellationToken stopping)
{
    private const int MostAtOnce = 4;

    private readonly Lock _gate = new();
    private Dictionary<long, TaskCompletionSource<StatusAnswer>> _waiting = [];
    private int _underWay;

    /// <summary>Reads one account.</summary>
    public Task<StatusAnswer> ReadAsync(long id)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(id, out var waiter))
            {
                _waiting[id] = waiter = new TaskCompletionSource<StatusAnswer>(
                    TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (_underWay < MostAtOnce)
            {
                _underWay++;

                // A read serves all who wait for it, so it is in no caller's trace.
                using (ExecutionContext.SuppressFlow())
                {
                    _ = Task.Run(RunAsync, CancellationToken.None);
                }
            }

            return waiter.Task;
        }
    }

    private async Task RunAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            try
            {
                await ReadAsync(batch);
            }
            catch (Exception e)
            {
                // Each of the callers gets the exception. Nothing else observes this task.
                var open = batch.Where(static b => !b.Value.Task.IsCompleted).ToArray();
                table.EndRead(open.Select(static b => b.Key));
                foreach (var (_, waiter) in open)
                {
                    waiter.TrySetException(e);
                    _ = waiter.Task.Exception;
                }
            }
        }
    }

    // Nothing left ends the run, under the same lock as a new caller would begin one.
    private Dictionary<long, TaskCompletionSource<StatusAnswer>> Take()
    {
        lock (_gate)
        {
            var all = _waiting;
            if (all.Count <= AccountsClient.MaxBatch)
            {
                _waiting = [];
                _underWay -= all.Count == 0 ? 1 : 0;
                return all;
            }

            var batch = all.Take(AccountsClient.MaxBatch).ToDictionary();
            foreach (var id in batch.Keys)
            {
                all.Remove(id);
            }

            return batch;
        }
    }

    private async Task ReadAsync(Dictionary<long, TaskCompletionSource<StatusAnswer>> batch)
    {
        var askedAt = 0L;
        var asked = default(ReadStamp);
        table.BeginRead(batch.Keys);
        var answer = await accounts.BatchGetAsync(
            batch.Keys,
            () =>
            {
                asked = table.Stamp();
                askedAt = clock.GetTimestamp();
            },
            atMost,
            stopping);
        foreach (var account in answer.Accounts)
        {
            Complete(account.Id, new StatusEntry(account.Status, account.Version, askedAt));
        }

        foreach (var id in answer.MissingIds)
        {
            Complete(id, new StatusEntry(null, 0, askedAt));
        }

        foreach (var (id, waiter) in batch)
        {
            if (!waiter.Task.IsCompleted)
            {
                throw new InvalidOperationException(
                    $"The server said nothing about one of the accounts that it was asked for, {id}.");
            }
        }

        void Complete(long id, StatusEntry read) =>
            batch[id].TrySetResult(new StatusAnswer(table.Keep(id, read, asked), askedAt));
    }
}
