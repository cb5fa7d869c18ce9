using Orleans.Concurrency;

namespace AccountGrid.Grains;

/// <summary>
/// The brake over the whole grid: what all people and services together take down alone. One in the cluster, key 0.
/// Silos of a version without it are never asked; while there are any, it lets every harm through uncounted.
/// </summary>
[Alias("ag.IBrakeGrain")]
public interface IBrakeGrain : IGrainWithIntegerKey
{
    /// <summary>The brake now.</summary>
    [AlwaysInterleave, Alias("Get")]
    Task<BrakeInfo> GetAsync(CancellationToken cancellationToken);

    /// <summary>Reserves a harm of <paramref name="reach"/> followers on <paramref name="account"/>.</summary>
    [AlwaysInterleave, Alias("Reserve")]
    ValueTask<BrakeAnswerInfo> ReserveAsync(long account, long reach, CancellationToken cancellationToken);

    /// <summary>
    /// The answer of <see cref="ReserveAsync"/> now, with nothing reserved; the brake does not engage.
    /// </summary>
    [AlwaysInterleave, Alias("Peek")]
    ValueTask<BrakeAnswerInfo> PeekAsync(long account, long reach, CancellationToken cancellationToken);

    /// <summary>What became of a reservation; <c>null</c> = it did not happen.</summary>
    [AlwaysInterleave, OneWay, Alias("Settle")]
    Task SettleAsync(long reservation, DateTimeOffset? happenedAt);

    /// <summary>An approver releases it.</summary>
    [AlwaysInterleave, Alias("Release")]
    Task<BrakeReply> ReleaseAsync(
        string note, string? requestId, CallerInfo caller, CancellationToken cancellationToken);

    /// <summary>
    /// Says what <see cref="ReleaseAsync"/> would answer now; nothing is written. A method of its own, so that
    /// a silo of a version without it fails the call, and carries nothing out.
    /// </summary>
    [AlwaysInterleave, Alias("ValidateRelease")]
    Task<BrakeReply> ValidateReleaseAsync(
        string note, string? requestId, CallerInfo caller, CancellationToken cancellationToken);

    /// <summary>
    /// Called by every silo at intervals, so that the brake is shown by the metrics also while there are no harms.
    /// </summary>
    [AlwaysInterleave, Alias("Tick")]
    Task TickAsync(CancellationToken cancellationToken);
}
