namespace AccountGrid.Testing;

/// <summary>
/// A place in the code under test where a test can stop it: open until armed. Arm it, act, await <see cref="Reached"/>,
/// look around, release. Thread-safe.
/// </summary>
public sealed class Gate
{
    private TaskCompletionSource _reached = Completed();
    private TaskCompletionSource _released = Completed();

    /// <summary>Completes when something stands at the armed gate.</summary>
    public Task Reached => _reached.Task;

    /// <summary>From now on whoever comes waits.</summary>
    public void Arm()
    {
        _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Lets everybody pass, now and later.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Called by the code that can be stopped.</summary>
    public Task PassAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
