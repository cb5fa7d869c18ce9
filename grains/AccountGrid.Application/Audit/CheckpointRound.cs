namespace AccountGrid.Application;

/// <summary>What one round of checkpointing did.</summary>
/// <param name="Made">
/// The new checkpoint, or <c>null</c> where nothing was appended since the last one or another maker was faster.
/// </param>
/// <param name="RestoredInStore">
/// Checkpoints that only the log outside had: what a crash between the two writes leaves.
/// </param>
/// <param name="RestoredInLog">
/// Checkpoints that only the store had. No crash leaves this: the log was moved, lost or cut, which an operator must
/// look into.
/// </param>
public sealed record CheckpointRound(Checkpoint? Made, int RestoredInStore, int RestoredInLog);
