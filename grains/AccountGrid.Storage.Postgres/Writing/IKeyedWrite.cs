namespace AccountGrid.Storage.Postgres;

/// <summary>A write that PostgreSQL's writers send with others in one statement.</summary>
internal interface IKeyedWrite : IWriteOperation
{
    /// <summary>
    /// The stream or account whose rows it writes. A transaction has one operation of each key, because each operation
    /// is decided on the state before the transaction.
    /// </summary>
    string Key { get; }
}
