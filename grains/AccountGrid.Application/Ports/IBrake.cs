using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// The brake over the whole grid, asked before each harm that one identity would cause alone: implemented by a call to
/// the brake's grain. Thread-safe.
/// </summary>
public interface IBrake
{
    /// <summary>Reserves a harm, or says until when the brake is engaged.</summary>
    /// <exception cref="StorageUnavailableException">
    /// The brake cannot be asked, so that the harm must not happen; nothing was done.
    /// </exception>
    ValueTask<BrakeAnswer> ReserveAsync(HarmIntent harm, CancellationToken cancellationToken);

    /// <summary>
    /// The answer of <see cref="ReserveAsync"/> at this instant, with nothing reserved. A harm that would engage the
    /// brake is answered as if it had, and the brake does not engage.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The brake cannot be asked.</exception>
    ValueTask<BrakeAnswer> PeekAsync(HarmIntent harm, CancellationToken cancellationToken);

    /// <summary>
    /// Says what became of a reserved harm: <paramref name="happenedAt"/> when it took effect, or <c>null</c> when it
    /// did not. Must not fail; a reservation that is never settled counts until the window is over.
    /// </summary>
    ValueTask SettleAsync(long reservation, DateTimeOffset? happenedAt);
}
