namespace AccountGrid.Testing;

/// <summary>
/// Runs a test as a grain runs: every piece of it and of what it awaits on one scheduler, one at a time, interleaving
/// at awaits.
/// </summary>
public static class OneThread
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>Runs <paramref name="test"/> to its end; one that waits for ever fails instead.</summary>
    public static Task RunAsync(Func<Task> test) => Task.Factory.StartNew(
        test, CancellationToken.None, TaskCreationOptions.DenyChildAttach,
        new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap().WaitAsync(Longest);
}
