namespace AccountGrid.Application;

/// <summary>What an export or an import moved.</summary>
/// <param name="Streams">Journals, of accounts and of people.</param>
/// <param name="Entries">Journal entries.</param>
/// <param name="Accounts">Accounts with a follower count.</param>
/// <param name="Followers">Follow edges.</param>
/// <param name="Checkpoints">Signed checkpoints.</param>
public readonly record struct TransferSummary(
    long Streams, long Entries, long Accounts, long Followers, long Checkpoints);
