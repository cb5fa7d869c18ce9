using Orleans.Concurrency;

namespace AccountGrid.Grains;

/// <summary>
/// The budget of one service: how many accounts it may still take down on their owners' behalf. The key is <c>svc/</c>
/// and the service's subject. A grain of its own, and not a part of the operator's of the same subject, so that silos
/// of a version without it are never asked. Calls no other grain.
/// </summary>
[Alias("ag.IServiceGrain")]
public interface IServiceGrain : IGrainWithStringKey
{
    /// <summary>Reserves a harm of <paramref name="reach"/> followers on <paramref name="account"/>.</summary>
    [AlwaysInterleave, Alias("Reserve")]
    ValueTask<ReservationInfo> ReserveAsync(long account, long reach, CancellationToken cancellationToken);

    /// <summary>
    /// The answer of <see cref="ReserveAsync"/> now, with nothing reserved, and what is left of the budget.
    /// </summary>
    [AlwaysInterleave, Alias("Peek")]
    ValueTask<ReservationInfo> PeekAsync(long account, long reach, CancellationToken cancellationToken);

    /// <summary>What became of a reservation; <c>null</c> = it did not happen.</summary>
    [AlwaysInterleave, OneWay, Alias("Settle")]
    Task SettleAsync(long reservation, DateTimeOffset? happenedAt);
}
