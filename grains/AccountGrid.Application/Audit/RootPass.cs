using System.Runtime.CompilerServices;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// The second pass: all entries in commit order, against the signed roots of the store and of the log outside.
/// </summary>
internal sealed class RootPass(
    IAuditView view, ICheckpointLog outside, long outsideLast, CheckpointKeys keys, AuditFindings findings)
{
    private readonly MerkleFrontier _frontier = new();
    private readonly CheckpointPairs _pairs = new(keys, findings);

    /// <summary>
    /// Whether what was read so far can still give the signed roots: after the first contradiction the rest follows
    /// from it.
    /// </summary>
    private bool _comparable = true;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var expected = ReadExpectedAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (expected.ConfigureAwait(false))
        {
            var more = await expected.MoveNextAsync().ConfigureAwait(false);
            try
            {
                await foreach (var committed in view.ReadByPositionAsync(cancellationToken).ConfigureAwait(false))
                {
                    Append(committed);
                    while (more && expected.Current.Position <= _frontier.Size)
                    {
                        Compare(expected.Current);
                        more = await expected.MoveNextAsync().ConfigureAwait(false);
                    }
                }
            }
            catch (JournalDamagedException e)
            {
                _comparable = false;
                findings.EntryUnreadable(e);
            }

            for (; more; more = await expected.MoveNextAsync().ConfigureAwait(false))
            {
                CutTail(expected.Current);
            }
        }
    }

    private void Append(CommittedEntry committed)
    {
        var expected = _frontier.Size + 1;
        if (_comparable && committed.Position != expected)
        {
            _comparable = false;
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

    private void Compare(Checkpoint checkpoint)
    {
        if (!_comparable || checkpoint.Position != _frontier.Size)
        {
            return;
        }

        if (checkpoint.Root.Span.SequenceEqual(_frontier.ComputeRoot()))
        {
            findings.CoveredPosition = checkpoint.Position;
            return;
        }

        _comparable = false;
        findings.Add(new(
            AuditProblemKind.RootMismatch,
            $"The entries up to position {checkpoint.Position} do not give the root that checkpoint {checkpoint.Number} signed; up to position "
            + $"{findings.CoveredPosition} they do, so something after it was rewritten.",
            Position: findings.CoveredPosition + 1, Checkpoint: checkpoint.Number));
    }

    private void CutTail(Checkpoint checkpoint)
    {
        if (_comparable)
        {
            _comparable = false;
            findings.Add(new(
                AuditProblemKind.TailCut,
                $"The journals end at position {_frontier.Size}, but checkpoint {checkpoint.Number} covers {checkpoint.Position}.",
                Position: _frontier.Size + 1, Checkpoint: checkpoint.Number));
        }
    }

    /// <summary>
    /// The roots to compare with, ascending by number: both places merged, each checkpoint checked on the way.
    /// </summary>
    private async IAsyncEnumerable<Checkpoint> ReadExpectedAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var inside = view.ReadCheckpointsAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var outer = ReadOutsideAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (inside.ConfigureAwait(false))
        await using (outer.ConfigureAwait(false))
        {
            var moreInside = await inside.MoveNextAsync().ConfigureAwait(false);
            var moreOutside = await outer.MoveNextAsync().ConfigureAwait(false);
            while (moreInside || moreOutside)
            {
                var takeInside = moreInside && (!moreOutside || inside.Current.Number <= outer.Current.Number);
                var takeOutside = moreOutside && (!moreInside || outer.Current.Number <= inside.Current.Number);
                if (!moreInside && outer.Current.Number > outsideLast)
                {
                    // Written after the view was opened.
                    break;
                }

                if (_pairs.Examine(takeInside ? inside.Current : null, takeOutside ? outer.Current : null)
                    is { } expected)
                {
                    yield return expected;
                }

                moreInside = takeInside ? await inside.MoveNextAsync().ConfigureAwait(false) : moreInside;
                moreOutside = takeOutside ? await outer.MoveNextAsync().ConfigureAwait(false) : moreOutside;
            }
        }
    }

    private async IAsyncEnumerable<Checkpoint> ReadOutsideAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = outside.ReadAllAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (lines.ConfigureAwait(false))
        {
            while (true)
            {
                try
                {
                    if (!await lines.MoveNextAsync().ConfigureAwait(false))
                    {
                        yield break;
                    }
                }
                catch (CheckpointLogDamagedException e)
                {
                    findings.OutsideDamaged(e);
                    yield break;
                }

                yield return lines.Current;
            }
        }
    }
}
