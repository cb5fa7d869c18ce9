using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>What an admin may try on a person's power. Pure.</summary>
public static class OperatorActions
{
    /// <summary>
    /// One command for each action: what each would come to says what the caller may do. Enrolling is with the first
    /// role that the person has not, or with all of them again; offboarding is at once; the decisions about a proposal
    /// are there while one waits.
    /// </summary>
    /// <param name="state">The person's record.</param>
    /// <param name="now">The instant, UTC.</param>
    public static ImmutableArray<OperatorCommand> For(OperatorState state, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        var missing = new[] { Roles.Support, Roles.Approver, Roles.Auditor, Roles.Admin }
            .FirstOrDefault(role => !state.Roles.HasFlag(role));
        ImmutableArray<OperatorCommand> actions =
        [
            new OperatorCommand.Enroll(state.Roles | missing, state.DisplayName, state.AuthorityEndsAt),
            new OperatorCommand.Offboard(now, ""),
        ];
        return state.Proposal is { Sequence: var sequence }
            ?
            [
                .. actions, new OperatorCommand.Approve(sequence, null, ""), new OperatorCommand.Reject(sequence, ""),
                new OperatorCommand.Withdraw(sequence, ""),
            ]
            : actions;
    }
}
