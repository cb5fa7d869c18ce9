namespace AccountGrid.Gateway.Services;

/// <summary>What to undo.</summary>
/// <param name="Person">The person whose acts are undone; a well-formed operator id.</param>
/// <param name="Since">From when, inclusive.</param>
/// <param name="Note">For the journals.</param>
/// <param name="DryRun">Only list what would be restored.</param>
internal sealed record UndoOrder(string Person, DateTimeOffset Since, string Note, bool DryRun);
