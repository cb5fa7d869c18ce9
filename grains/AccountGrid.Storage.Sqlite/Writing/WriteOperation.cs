using System.Diagnostics;

namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// Something that waits for the writer. It is executed inside a transaction, perhaps more than once (a transaction that fails is rolled back
/// and its operations are tried one by one), and completed only once its transaction is durable.
/// </summary>
internal abstract class WriteOperation
{
    /// <summary>The span of the caller, which waits for the outcome; <c>null</c> where nobody records one.</summary>
    public Activity? Caller { get; } = Activity.Current is { Recorded: true } caller ? caller : null;

    /// <summary>Rows that it is going to write, roughly: what batches are measured by.</summary>
    public abstract int Rows { get; }

    /// <summary>What it is called in an error.</summary>
    public abstract string What { get; }

    /// <summary>Whether it belongs to the queue of follow batches, which lets commands go first.</summary>
    public virtual bool IsFollow => false;

    /// <summary>Does the work. Every execution begins from nothing.</summary>
    public abstract void Execute(WriteSession session);

    /// <summary>Answers the caller. Called once, after the commit.</summary>
    public abstract void Complete();

    /// <summary>Fails the caller, unless it was answered.</summary>
    public abstract void Fail(Exception exception);
}

/// <inheritdoc/>
internal abstract class WriteOperation<T> : WriteOperation
{
    // Asynchronously: a caller's code must never run on the writer's thread.
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The outcome.</summary>
    public Task<T> Task => _done.Task;

    /// <summary>What the last execution came to.</summary>
    protected T Result { get; set; } = default!;

    public override void Complete() => _done.SetResult(Result);

    public override void Fail(Exception exception) => _done.TrySetException(exception);
}

/// <summary>What operations of one transaction share.</summary>
/// <param name="database">The writer's connection.</param>
/// <param name="head">The last position committed.</param>
internal sealed class WriteSession(Database database, long head)
{
    /// <summary>The connection.</summary>
    public Database Database => database;

    /// <summary>The last position given out, in this transaction or before.</summary>
    public long Head { get; private set; } = head;

    /// <summary>The next position in commit order.</summary>
    public long NextPosition() => ++Head;
}
