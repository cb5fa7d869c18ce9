using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>What every store refuses as a fault of its caller, in one place.</summary>
public static class PortArguments
{
    /// <summary>Most entries in one append.</summary>
    public const int MaxEntries = 64;

    /// <summary>
    /// Checks that an append is whole: 1 to <see cref="MaxEntries"/> consecutive entries of its stream with hashes, and
    /// the index row that belongs to them.
    /// </summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void Check(JournalAppend append)
    {
        ArgumentNullException.ThrowIfNull(append);
        Require(!append.Entries.IsDefaultOrEmpty && append.Entries.Length <= MaxEntries,
            $"An append holds 1 to {MaxEntries} entries.");
        Require(append.ExpectedVersion >= 0, "The expected version is 0 or more.");
        var sequence = append.ExpectedVersion;
        foreach (var (entry, _) in append.Entries)
        {
            Require(entry.Stream == append.Stream, "Every entry is of the append's stream.");
            Require(entry.Sequence == ++sequence, "The entries are consecutive, from the expected version on.");
            Require(entry.Hash.Length == EntryHash.Length, "Every entry has its hash.");
        }

        Require(append.Index.Version == sequence, "The index row has the version of the last entry.");
        Require(
            append.Index is StreamIndexRow.None ? append.Stream.IsOfGrid : append.Stream == StreamOf(append.Index),
            "The index row is the stream's own.");
    }

    /// <summary>Checks a batch of follow changes: 1 to <see cref="Limits.FollowBatch"/>.</summary>
    /// <exception cref="ArgumentException">It is empty or too large.</exception>
    public static void Check(ImmutableArray<FollowChange> changes) =>
        Require(!changes.IsDefaultOrEmpty && changes.Length <= Limits.FollowBatch,
            $"A batch holds 1 to {Limits.FollowBatch} changes.");

    /// <summary>Checks the size of a page: at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less.</exception>
    public static void CheckMax(int max) => ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);

    private static StreamId StreamOf(StreamIndexRow row) => row switch
    {
        StreamIndexRow.Account account => StreamId.Of(account.Id),
        StreamIndexRow.Operator person => StreamId.Of(person.Id),
        _ => throw new InvalidOperationException($"Unknown index row {row.GetType().Name}."),
    };

    private static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException(rule);
        }
    }
}
