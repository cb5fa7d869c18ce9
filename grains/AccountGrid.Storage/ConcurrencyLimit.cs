using System.Diagnostics;

namespace AccountGrid.Storage;

/// <summary>Limits how many operations of one kind are in progress or waiting. Thread-safe.</summary>
/// <param name="max">The most operations that may be inside at the same time; at least 1.</param>
/// <param name="refusal">Makes the exception for an operation that is refused.</param>
public sealed class ConcurrencyLimit(int max, Func<Exception> refusal)
{
    private int _inside;

    /// <summary>Enters, or throws the refusal. After a refusal there is nothing to exit.</summary>
    public void Enter()
    {
        if (Interlocked.Increment(ref _inside) > max)
        {
            Exit();
            throw refusal();
        }
    }

    /// <summary>Exits. Called once for each <see cref="Enter"/> that succeeded.</summary>
    public void Exit()
    {
        var inside = Interlocked.Decrement(ref _inside);
        Debug.Assert(inside >= 0, "An operation exited twice.");
    }
}
