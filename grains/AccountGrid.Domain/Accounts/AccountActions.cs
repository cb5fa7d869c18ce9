using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>What a person may try on an account. Pure.</summary>
public static class AccountActions
{
    /// <summary>
    /// One command for each action that there is on an account for people, with the first reason code of the
    /// installation: what each would come to says what the person may do. A suspension is open, its change goes to no
    /// end, and a loss is of one follower for an hour; the decisions about a proposal are there while one waits.
    /// </summary>
    /// <param name="state">The account.</param>
    /// <param name="person">The person.</param>
    /// <param name="policy">Its reason codes.</param>
    /// <param name="now">The instant, UTC.</param>
    public static ImmutableArray<AccountCommand> For(
        AccountState state, OperatorId person, AccountPolicy policy, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(policy);
        var reason = policy.Reasons.Order(StringComparer.Ordinal).First();
        ImmutableArray<AccountCommand> actions =
        [
            Harm(HarmKind.Deactivate), Harm(HarmKind.Suspend), Harm(HarmKind.ChangeSuspension),
            new AccountCommand.Restore(Owner: false, [], reason, "", "", ReadsRefused: 0), Harm(HarmKind.Erase),
            new AccountCommand.Protect(person, reason, "", "", ReviewAt: null), Harm(HarmKind.Unprotect),
            new AccountCommand.Harm(
                new(HarmKind.AllowFollowerLoss, reason, "", "", Until: now.AddHours(1), Followers: 1), false),
            new AccountCommand.CloseFollowerLoss(reason, "", ""),
        ];
        return state.Proposal is { Sequence: var sequence }
            ?
            [
                .. actions, new AccountCommand.Approve(sequence, null, ""), new AccountCommand.Reject(sequence, ""),
                new AccountCommand.Withdraw(sequence, ""),
            ]
            : actions;

        AccountCommand.Harm Harm(HarmKind kind) => new(new(kind, reason, "", ""), DirectOnly: false);
    }
}
