using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Grains;

/// <summary>Asks the brake's grain, wherever it is. Thread-safe.</summary>
public sealed partial class GrainBrake(IGrainFactory grains, TimeProvider clock, ILogger<GrainBrake> log) : IBrake
{
    private IBrakeGrain Grain => grains.GetGrain<IBrakeGrain>(0);

    /// <inheritdoc />
    /// <remarks>
    /// Asked again if the grain's silo goes away: what it had reserved is gone with it, so that nothing is reserved
    /// twice. Not after a timeout.
    /// </remarks>
    public async Task<BrakeAnswer> ReserveAsync(HarmIntent harm, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(harm);
        var info = await PortCalls.AskAsync(
            () => Grain.ReserveAsync(harm.Account.Value, harm.Reach, cancellationToken).AsTask(), "The brake", clock,
            cancellationToken);
        return new(info.Reservation, info.EngagedUntil);
    }

    /// <inheritdoc />
    public async ValueTask SettleAsync(long reservation, DateTimeOffset? happenedAt)
    {
        try
        {
            await Grain.SettleAsync(reservation, happenedAt);
        }
        catch (Exception e) when (PortCalls.IsOfTheWay(e))
        {
            // What it was reserved for has happened: nothing here may fail that.
            NotSettled(log, e);
        }
    }

    [LoggerMessage(2621, LogLevel.Warning,
        "A reservation of the brake was not settled; it counts until its window is over.")]
    private static partial void NotSettled(ILogger logger, Exception exception);
}
