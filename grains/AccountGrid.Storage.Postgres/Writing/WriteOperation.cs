using System.Diagnostics;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// Something that waits for a writer. It is sent with others in one transaction, perhaps more than once (a transaction that is known to be undone is tried
/// again), and completed only once its transaction is durable.
/// </summary>
internal abstract class WriteOperation
{
    /// <summary>The span of the caller, which waits for the outcome; <c>null</c> where nobody records one.</summary>
    public Activity? Caller { get; } = Activity.Current is { Recorded: true } caller ? caller : null;

    /// <summary>Whose rows it writes. One transaction has one operation of each, because each of them asks how things stood before the transaction.</summary>
    public abstract string Key { get; }

    /// <summary>Rows that it is going to write, roughly: what batches are measured by.</summary>
    public abstract int Rows { get; }

    /// <summary>What it is called in an error.</summary>
    public abstract string What { get; }

    /// <summary>Answers the caller. Called once, after the commit.</summary>
    public abstract void Complete();

    /// <summary>Fails the caller, unless it was answered.</summary>
    public abstract void Fail(Exception exception);
}

/// <inheritdoc/>
internal abstract class WriteOperation<T> : WriteOperation
{
    // Asynchronously: a caller's code must never run on the writer's loop.
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The outcome.</summary>
    public Task<T> Task => _done.Task;

    /// <summary>What the last execution came to.</summary>
    public T Result { get; set; } = default!;

    public override void Complete() => _done.SetResult(Result);

    public override void Fail(Exception exception) => _done.TrySetException(exception);
}
