namespace AccountGrid.Domain;

/// <summary>
/// What may change an account's followers. Being down does not matter: taking an account down never touches its ledger.
/// </summary>
public static class FollowRules
{
    /// <summary>Whether the account takes follows at all; the refusal if not.</summary>
    public static Refusal? CheckAccount(AccountState state) =>
        !state.IsRegistered ? Refusal.NotFound($"account {state.Id}")
        : state.Status == AccountStatus.Erased ? Refusal.WrongStatus($"Account {state.Id} is erased.")
        : null;

    /// <summary>Whether a batch has an acceptable number of changes.</summary>
    public static Refusal? CheckBatch(int changes) =>
        changes > Limits.FollowBatch ? Refusal.TooLarge("changes", $"must be at most {Limits.FollowBatch}") : null;

    /// <summary>Whether one account may follow another.</summary>
    public static Refusal? CheckFollower(AccountId account, AccountId follower) =>
        follower == default ? Refusal.Invalid("follower", "must be a positive account id")
        : follower == account ? Refusal.Invalid("follower", "must be another account")
        : null;
}
