namespace AccountGrid.Storage.Sqlite;

/// <summary>What the operations of one transaction share.</summary>
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
