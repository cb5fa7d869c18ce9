using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Compares entries in commit order with signed roots, until the first contradiction: the rest follows from it.
/// </summary>
internal sealed class RootComparison(AuditFindings findings)
{
    private readonly MerkleFrontier _frontier = new();

    /// <summary>Entries taken so far; where they are gap-free, the position of the last one.</summary>
    public long Size => _frontier.Size;

    /// <summary>Whether what was taken so far can still give the signed roots.</summary>
    public bool IsComparable { get; private set; } = true;

    /// <summary>An entry could not be read: nothing behind it can be compared.</summary>
    public void Unreadable(JournalDamagedException e)
    {
        IsComparable = false;
        findings.EntryUnreadable(e);
    }

    /// <summary>Takes the next entry in commit order.</summary>
    public void Append(CommittedEntry committed)
    {
        var expected = _frontier.Size + 1;
        if (IsComparable && committed.Position != expected)
        {
            IsComparable = false;
            var entry = committed.Entry;
            findings.Add(committed.Position > expected
                ? new(AuditProblemKind.EntryMissing, $"There is no entry at position {expected}.", Position: expected)
                : new(
                    AuditProblemKind.EntryReordered, $"Two entries claim position {committed.Position}.",
                    entry.Stream.Value, entry.Sequence,
                    committed.Position));
        }

        _frontier.Append(committed.Entry.Hash.Span);
        findings.Position = committed.Position;
    }

    /// <summary>Compares the root over the entries taken so far, if the checkpoint is about them.</summary>
    public void Compare(Checkpoint checkpoint)
    {
        if (!IsComparable || checkpoint.Position != _frontier.Size)
        {
            return;
        }

        if (checkpoint.Root.Span.SequenceEqual(_frontier.ComputeRoot()))
        {
            findings.CoveredPosition = checkpoint.Position;
            return;
        }

        IsComparable = false;
        findings.Add(new(
            AuditProblemKind.RootMismatch,
            $"The entries up to position {checkpoint.Position} do not give the root that checkpoint "
            + $"{checkpoint.Number} signed; up to position {findings.CoveredPosition} they do, so something after it "
            + "was rewritten.",
            Position: findings.CoveredPosition + 1, Checkpoint: checkpoint.Number));
    }

    /// <summary>A checkpoint covers more entries than there are.</summary>
    public void CutTail(Checkpoint checkpoint)
    {
        if (IsComparable)
        {
            IsComparable = false;
            findings.Add(new(
                AuditProblemKind.TailCut,
                $"The journals end at position {_frontier.Size}, but checkpoint {checkpoint.Number} covers "
                + $"{checkpoint.Position}.",
                Position: _frontier.Size + 1, Checkpoint: checkpoint.Number));
        }
    }
}
