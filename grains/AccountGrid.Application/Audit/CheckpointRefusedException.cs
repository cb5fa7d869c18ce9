namespace AccountGrid.Application;

/// <summary>
/// The journal or a stored checkpoint contradicts what was signed. Nothing is signed on top of it; verify, and raise an
/// alert.
/// </summary>
public sealed class CheckpointRefusedException(string why) : Exception($"No checkpoint is made: {why}.");
