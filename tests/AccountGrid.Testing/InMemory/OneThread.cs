namespace AccountGrid.Testing;

/// <summary>Runs a test as a grain runs: every piece of it and of what it awaits on one scheduler, one at a time, interleaving at awaits.</summary>
public static class OneThread
{
    /// <summary>Runs <paramref name="test"/> to its end.</summary>
    public static Task RunAsync(Func<Task> test) => Task.Factory.StartNew(
        test, CancellationToken.None, TaskCreationOptions.DenyChildAttach, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();
}
