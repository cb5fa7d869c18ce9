using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// The bounds that every processor keeps. Each has a default and a range; <see cref="Validate"/> is called when the
/// silo starts.
/// </summary>
public sealed record ProcessorLimits
{
    /// <summary>
    /// Commands that may wait for their turn per account or operator, beside the one that runs. Default 64; 1 to
    /// 10,000.
    /// </summary>
    public int QueueDepth { get; init; } = 64;

    /// <summary>
    /// Follow batches that may wait per account, beside the transaction under way. Default 256; 1 to 100,000. They may
    /// hold at most <see cref="FollowQueueTransactions"/> full transactions of changes together.
    /// </summary>
    public int FollowQueueDepth { get; init; } = 256;

    /// <summary>
    /// What all waiting follow batches of an account may hold together, in full transactions. Default 4; 1 to 100.
    /// </summary>
    public int FollowQueueTransactions { get; init; } = 4;

    /// <summary>
    /// The delay that an overloaded answer asks for, and the pause between two tries to read what could not be read.
    /// Default 1 s; 10 ms to 1 min.
    /// </summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Journal entries after which a snapshot is due. Default 64; 1 to 100,000.</summary>
    public int SnapshotEvery { get; init; } = 64;

    /// <summary>Journal entries read at a time. Default 512; 2 to 10,000.</summary>
    public int JournalPage { get; init; } = 512;

    /// <summary>
    /// The longest that a load or a command waits for a follower count that could not be read before; after it the
    /// account counts as protected. Default 1 s; 10 ms to 30 s.
    /// </summary>
    public TimeSpan LedgerWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How old an operator's record in memory may be when it answers for an authority; an older one is compared with
    /// the journal first. Bounds what a duplicate activation can miss. Default 2 s; 0 (always compare) to 1 min.
    /// </summary>
    public TimeSpan AuthorityFreshness { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Every broken rule, each a sentence that names the setting; empty when all is well.</summary>
    public ImmutableArray<string> Validate()
    {
        var check = new SettingCheck();
        check.In(QueueDepth, 1, 10_000, nameof(QueueDepth));
        check.In(FollowQueueDepth, 1, 100_000, nameof(FollowQueueDepth));
        check.In(FollowQueueTransactions, 1, 100, nameof(FollowQueueTransactions));
        check.In(SnapshotEvery, 1, 100_000, nameof(SnapshotEvery));
        check.In(JournalPage, 2, 10_000, nameof(JournalPage));
        check.In(RetryAfter, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), nameof(RetryAfter));
        check.In(LedgerWait, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(30), nameof(LedgerWait));
        check.In(AuthorityFreshness, TimeSpan.Zero, TimeSpan.FromMinutes(1), nameof(AuthorityFreshness));
        return check.Broken;
    }
}
