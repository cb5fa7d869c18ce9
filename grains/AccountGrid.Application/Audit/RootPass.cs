using System.Runtime.CompilerServices;

namespace AccountGrid.Application;

/// <summary>
/// The second pass: all entries in commit order, against the signed roots of the store and of the log outside.
/// </summary>
internal sealed class RootPass(
    IAuditView view, ICheckpointLog outside, long outsideLast, CheckpointKeys keys, AuditFindings findings)
{
    private readonly CheckpointPairs _pairs = new(keys, findings);
    private readonly RootComparison _roots = new(findings);

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
                    _roots.Append(committed);
                    while (more && expected.Current.Position <= _roots.Size)
                    {
                        _roots.Compare(expected.Current);
                        more = await expected.MoveNextAsync().ConfigureAwait(false);
                    }
                }
            }
            catch (JournalDamagedException e)
            {
                _roots.Unreadable(e);
            }

            for (; more; more = await expected.MoveNextAsync().ConfigureAwait(false))
            {
                _roots.CutTail(expected.Current);
            }
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
