using AccountGrid.Chaos.Histories;

namespace AccountGrid.Chaos.Linearizability;

/// <summary>
/// What a refusal says about the account at that instant, and what it leaves behind: an entry, where attempts of its
/// kind are recorded.
/// </summary>
internal static class JournalRefusals
{
    /// <summary>
    /// The states in which it may leave the account; none where the account cannot have refused it so.
    /// </summary>
    public static IEnumerable<JournalState> Refuses(JournalState state, JournalInput.Command command, string reason) =>
        !IsTrue(state, command, reason) ? []
        : JournalModel.IsRecorded(command, reason) ? Recorded(state, command, reason)
        : [command.Refused is null ? state : state with { Refused = state.Refused + command.Mark }];

    /// <summary>Whatever a recorded refusal of a command, for any reason, may leave behind.</summary>
    public static IEnumerable<JournalState> AnyRecorded(JournalState state, JournalInput.Command command) =>
        state.Version == 0 || command.Kind == OperationKind.Register ? []
        : command.Kind == OperationKind.Approve && JournalModel.IsOpen(state, command.Proposal)
            ? [Attempted(state), JournalModel.Closed(state, entries: 2)]
        : [Attempted(state)];

    /// <summary>An approval that comes too late closes the proposal, too.</summary>
    private static IEnumerable<JournalState> Recorded(
        JournalState state, JournalInput.Command command, string reason) =>
        command.Kind == OperationKind.Approve && reason is "PROPOSAL_EXPIRED" or "PROPOSAL_VOID"
            && JournalModel.IsOpen(state, command.Proposal)
            ? [JournalModel.Closed(state, entries: 2)]
            : [Attempted(state)];

    private static JournalState Attempted(JournalState state) => state with { Version = state.Version + 1 };

    /// <summary>
    /// Whether the state bears the reason out, as far as a client can know. An account that is not there refuses
    /// nothing but for that.
    /// </summary>
    private static bool IsTrue(JournalState state, JournalInput.Command command, string reason)
    {
        var isErased = state.Facts.HasFlag(Facts.Erased);
        return (command.Kind, reason) switch
        {
            (_, "NOT_FOUND") =>
                state.Version == 0
                    || (command.Proposal is not null && !JournalModel.IsWaiting(state, command.Proposal)),
            (OperationKind.Register, "ALREADY_EXISTS") => state.Version > 0,
            (OperationKind.Register, _) => true,
            _ when state.Version == 0 => false,
            (_, "ALREADY_EXISTS") => state.Waiting.Sequence > 0,
            (OperationKind.Restore, "WRONG_STATUS") =>
                isErased || (state.Facts & (Facts.StaffDeactivation | Facts.Suspension)) == Facts.None,
            (OperationKind.OwnerRestore, "WRONG_STATUS") => isErased || !state.Facts.HasFlag(Facts.OwnerDeactivation),
            (OperationKind.Protect, "WRONG_STATUS") => isErased,
            (OperationKind.Approve, "WRONG_STATUS") => !JournalModel.IsOpen(state, command.Proposal),
            (OperationKind.Approve, "SAME_PERSON" or "BUDGET_EXCEEDED" or "REACH_EXCEEDED") =>
                JournalModel.IsOpen(state, command.Proposal),
            (OperationKind.Reject or OperationKind.Withdraw, "WRONG_STATUS" or "PROPOSAL_EXPIRED" or "PROPOSAL_VOID") =>
                !JournalModel.IsWaiting(state, command.Proposal),
            (_, "WRONG_STATUS") => !JournalModel.CanPlace(state, JournalModel.PlacedBy(command)),
            (_, "NEEDS_SECOND_PERSON" or "BUDGET_EXCEEDED" or "REACH_EXCEEDED") =>
                JournalModel.CanPlace(state, JournalModel.PlacedBy(command)),
            _ => true,
        };
    }
}
