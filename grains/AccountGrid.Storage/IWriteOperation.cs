using System.Diagnostics;

namespace AccountGrid.Storage;

/// <summary>
/// A write that waits for a writer. It is executed with others in one transaction, perhaps more than once (a
/// transaction that is undone is tried again, whole or operation by operation), and completed only when its transaction
/// is durable.
/// </summary>
public interface IWriteOperation
{
    /// <summary>The caller's span; <c>null</c> where none is recorded.</summary>
    Activity? Caller { get; }

    /// <summary>About how many rows it writes: the measure of a batch.</summary>
    int Rows { get; }

    /// <summary>What it does, as the beginning of an error's sentence.</summary>
    string What { get; }

    /// <summary>Answers the caller with the result. Called at most once, after the commit.</summary>
    void Complete();

    /// <summary>Fails the caller, unless it was answered.</summary>
    void Fail(Exception exception);
}
