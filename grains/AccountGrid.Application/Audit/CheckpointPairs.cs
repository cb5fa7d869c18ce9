namespace AccountGrid.Application;

/// <summary>
/// Checks the checkpoints of the store and of the log outside side by side, in ascending order: numbers, chain,
/// signatures, agreement.
/// </summary>
internal sealed class CheckpointPairs(CheckpointKeys keys, AuditFindings findings)
{
    private Checkpoint? _stored;
    private Checkpoint? _outside;
    private long _number;
    private bool _missingOutside;

    /// <summary>
    /// A checkpoint that only the log outside has: fine if it is the very last, a hole in the store if anything
    /// follows.
    /// </summary>
    private Checkpoint? _perhapsUnfinished;
    private bool _missingInside;

    /// <summary>
    /// Takes the next number's checkpoint from either place or both. Answers with the one whose root the entries must
    /// give: the one outside, which is out of the store's reach, if its signature is right, else the store's;
    /// <c>null</c> if neither is trustworthy.
    /// </summary>
    public Checkpoint? Examine(Checkpoint? stored, Checkpoint? outside)
    {
        findings.Checkpoints++;
        CheckNumber((stored ?? outside)!.Number);
        var storedIsGood = stored is not null && Check(stored, ref _stored, "the store");
        var same = stored is not null && outside is not null && CheckpointTrail.AreSame(stored, outside);
        var outsideIsGood = outside is not null
            && (same ? Follow(storedIsGood, outside) : Check(outside, ref _outside, "the log outside"));
        if (stored is not null && outside is not null && !same)
        {
            Add(AuditProblemKind.OutsideDiffers, stored,
                $"The store and the log outside differ about checkpoint {stored.Number}.");
        }

        CheckPresence(stored, outside);
        return outsideIsGood ? outside : storedIsGood ? stored : null;
    }

    private void CheckNumber(long number)
    {
        if (number > _number + 1)
        {
            findings.Add(new(
                AuditProblemKind.CheckpointMissing, $"Checkpoint {_number + 1} is missing.", Checkpoint: _number + 1));
        }

        _number = Math.Max(number, _number);
    }

    private void CheckPresence(Checkpoint? stored, Checkpoint? outside)
    {
        if (_perhapsUnfinished is { } hole && !_missingInside)
        {
            _missingInside = true;
            Add(AuditProblemKind.CheckpointMissing, hole,
                $"Checkpoint {hole.Number} is in the log outside, but not in the store.");
        }

        _perhapsUnfinished = stored is null ? outside : null;
        _missingInside &= stored is null;
        if (outside is null && stored is not null && !_missingOutside && !findings.IsOutsideDamaged)
        {
            Add(AuditProblemKind.OutsideMissing, stored,
                $"Checkpoint {stored.Number} of the store is not in the log outside.");
        }

        _missingOutside = outside is null;
    }

    /// <summary>
    /// Signature and chain of one checkpoint of one place. A gap before this checkpoint is reported elsewhere; then its
    /// chain is not checked.
    /// </summary>
    private bool Check(Checkpoint checkpoint, ref Checkpoint? before, string where)
    {
        var previous = before;
        before = checkpoint;
        switch (keys.Check(checkpoint))
        {
            case SignatureCheck.UnknownKey:
                Add(AuditProblemKind.UnknownKey, checkpoint,
                    $"Checkpoint {checkpoint.Number} in {where} is signed by a key that is not trusted.");
                return false;
            case SignatureCheck.Invalid:
                Add(AuditProblemKind.BadSignature, checkpoint,
                    $"The signature of checkpoint {checkpoint.Number} in {where} is wrong.");
                return false;
            case SignatureCheck.Valid:
            default:
                break;
        }

        if (checkpoint.Number <= (previous?.Number ?? 0) + 1 && !CheckpointTrail.Follows(checkpoint, previous))
        {
            Add(AuditProblemKind.CheckpointBroken, checkpoint,
                $"Checkpoint {checkpoint.Number} in {where} does not follow the one before it.");
        }

        return true;
    }

    /// <summary>The same checkpoint in both places is checked once.</summary>
    private bool Follow(bool isGood, Checkpoint outside)
    {
        _outside = outside;
        return isGood;
    }

    private void Add(AuditProblemKind kind, Checkpoint checkpoint, string message) =>
        findings.Add(new(kind, message, Checkpoint: checkpoint.Number));
}
