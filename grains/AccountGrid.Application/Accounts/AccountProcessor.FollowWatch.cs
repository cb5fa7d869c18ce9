using System.Collections.Immutable;

namespace AccountGrid.Application;

/// <content>What changes while the reconciler counts.</content>
public sealed partial class AccountProcessor
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>How long after it was seen in the database a transaction may take to be known here.</summary>
    private const int MostSteps = 100;

    /// <summary>Remembers every edge that changes from now on, until <see cref="SettleFollowsAsync"/>.</summary>
    /// <returns>The version from which it does; <c>null</c> where the count is not known.</returns>
    public long? WatchFollows()
    {
        var memory = _followers.Stored is { } count ? new FollowMemory(count.Version) : null;
        Pump.Memory = memory;
        return memory is null ? null : _followers.Stored!.Version;
    }

    /// <summary>
    /// The count was found not to be the number of the edges, or to be it again. While it is not, it is shown as of its
    /// time, and the account counts as protected.
    /// </summary>
    public void DoubtFollows(bool inDoubt) => _followers.Doubt(inDoubt);

    /// <summary>
    /// By how much the edges grew between what each part saw and a version; <c>null</c> where not every change in
    /// between is known.
    /// </summary>
    public async Task<long?> SettleFollowsAsync(
        ImmutableArray<SweptPart> parts, long version, CancellationToken cancellationToken)
    {
        // The store shows a transaction a moment before its writer is told of it.
        for (var step = 0; step < MostSteps && Pump.Memory is { IsUseless: false } waiting
            && !waiting.Has(version); step++)
        {
            await Task.Delay(Step, _services.Clock, cancellationToken);
        }

        var memory = Pump.Memory;
        Pump.Memory = null;
        return memory?.Settle(parts, version);
    }
}
