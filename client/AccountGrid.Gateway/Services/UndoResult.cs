using System.Collections.Immutable;

namespace AccountGrid.Gateway.Services;

/// <summary>What came of an undo.</summary>
/// <param name="Restored">Accounts restored, or that would be, ascending.</param>
/// <param name="Failures">Accounts that could not be restored, ascending.</param>
/// <param name="More">Whether more accounts are concerned than one call restores.</param>
internal sealed record UndoResult(ImmutableArray<long> Restored, ImmutableArray<V1.UndoFailure> Failures, bool More);
