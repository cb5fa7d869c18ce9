namespace AccountGrid.Application;

/// <summary>Why a store's last write failed, where that will not pass by itself.</summary>
/// <param name="Kind">The kind of failure, in a few stable words: <c>disk full</c> or <c>i/o error</c>.</param>
/// <param name="At">When the last write failed so.</param>
public sealed record WriteTrouble(string Kind, DateTimeOffset At);
