namespace AccountGrid.Storage.Sqlite;

/// <inheritdoc cref="IDatabaseWrite"/>
internal abstract class DatabaseWrite<T> : WriteOperation<T>, IDatabaseWrite
{
    /// <inheritdoc />
    public virtual bool IsFollow => false;

    /// <inheritdoc />
    public abstract void Execute(WriteSession session);
}
