namespace AccountGrid.Storage.Sqlite;

/// <summary>A write that SQLite's writer executes inside its transaction.</summary>
internal interface IDatabaseWrite : IWriteOperation
{
    /// <summary>Whether it belongs to the queue of follow batches; commands go first.</summary>
    bool IsFollow { get; }

    /// <summary>Does the work. Every execution begins from nothing.</summary>
    void Execute(WriteSession session);
}
