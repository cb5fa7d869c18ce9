namespace AccountGrid.Application;

/// <summary>What became of an append.</summary>
public enum AppendResult
{
    /// <summary>Durable.</summary>
    Appended = 1,

    /// <summary>
    /// Another writer appended first; nothing was written. The caller's state is stale: it must load again.
    /// </summary>
    Conflict = 2,
}
