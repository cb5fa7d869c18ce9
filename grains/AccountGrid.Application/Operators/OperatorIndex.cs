using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>Derives an operator's index row from its state.</summary>
internal static class OperatorIndex
{
    public static StreamIndexRow.Operator RowOf(OperatorState state) =>
        new()
        {
            Version = state.Version,
            Id = state.Id,
            FreezePending = state.HasDueWork,
            IsFlaggedForEndOnly = state is { HasDueWork: true, FreezePending: false, Proposal: null },
        };
}
