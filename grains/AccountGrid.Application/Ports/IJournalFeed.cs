using System.Collections.Immutable;

namespace AccountGrid.Application;

/// <summary>All journals in commit order: for watching, for the audit across accounts, for checkpoints.</summary>
public interface IJournalFeed
{
    /// <summary>The position of the last committed entry; 0 = none.</summary>
    Task<long> ReadHeadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Entries above a position, ascending, at most <paramref name="max"/>. Never skips an entry that commits later.
    /// </summary>
    Task<ImmutableArray<CommittedEntry>> ReadAfterAsync(long position, int max, CancellationToken cancellationToken);

    /// <summary>Entries below a position that pass the filter, descending, at most <paramref name="max"/>.</summary>
    Task<ImmutableArray<CommittedEntry>> ReadBeforeAsync(
        long position, JournalFilter filter, int max, CancellationToken cancellationToken);

    /// <summary>Completes when an entry above <paramref name="position"/> is committed, or with cancellation.</summary>
    Task WaitForAsync(long position, CancellationToken cancellationToken);
}
