using System.Diagnostics;

namespace AccountGrid.Storage;

/// <inheritdoc cref="IWriteOperation"/>
public abstract class WriteOperation<T> : IWriteOperation
{
    // Asynchronously: a caller's code must never run on a writer's thread.
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc />
    public Activity? Caller { get; } = Activity.Current is { Recorded: true } caller ? caller : null;

    /// <inheritdoc />
    public abstract int Rows { get; }

    /// <inheritdoc />
    public abstract string What { get; }

    /// <summary>Completes with the result after the commit, or with the failure.</summary>
    public Task<T> Task => _done.Task;

    /// <summary>The result of the last execution; set before <see cref="Complete"/>.</summary>
    public T Result { get; set; } = default!;

    /// <inheritdoc />
    public void Complete() => _done.SetResult(Result);

    /// <inheritdoc />
    public void Fail(Exception exception) => _done.TrySetException(exception);
}
