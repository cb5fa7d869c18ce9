using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Grains;

/// <summary>Asks the brake's grain, wherever it is; one in this silo mostly without a call. Thread-safe.</summary>
public sealed partial class GrainBrake(
    IGrainFactory grains, LocalProcessors<BrakeProcessor> local, TimeProvider clock, ILogger<GrainBrake> log) : IBrake
{
    private readonly Lazy<IBrakeGrain> _grain = new(() => grains.GetGrain<IBrakeGrain>(0));

    /// <inheritdoc />
    /// <remarks>
    /// Asked again if the grain's silo goes away: what it had reserved is gone with it, so that nothing is reserved
    /// twice. Not after a timeout.
    /// </remarks>
    public ValueTask<BrakeAnswer> ReserveAsync(HarmIntent harm, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(harm);
        return local.Find(BrakeGrain.LocalKey)?.TryReserve(harm) is { } answer
            ? new(answer)
            : new(CallAsync(
                () => _grain.Value.ReserveAsync(harm.Account.Value, harm.Reach, cancellationToken), cancellationToken));
    }

    /// <inheritdoc />
    public ValueTask<BrakeAnswer> PeekAsync(HarmIntent harm, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(harm);
        return new(CallAsync(
            () => _grain.Value.PeekAsync(harm.Account.Value, harm.Reach, cancellationToken), cancellationToken));
    }

    private async Task<BrakeAnswer> CallAsync(
        Func<ValueTask<BrakeAnswerInfo>> call, CancellationToken cancellationToken)
    {
        var info = await PortCalls.AskAsync(() => call().AsTask(), "The brake", clock, cancellationToken);
        return new(info.Reservation, info.EngagedUntil);
    }

    /// <inheritdoc />
    public ValueTask SettleAsync(long reservation, DateTimeOffset? happenedAt)
    {
        if (local.Find(BrakeGrain.LocalKey) is { } processor)
        {
            processor.Settle(reservation, happenedAt);
            return ValueTask.CompletedTask;
        }

        return new(CallSettleAsync(reservation, happenedAt));
    }

    private async Task CallSettleAsync(long reservation, DateTimeOffset? happenedAt)
    {
        try
        {
            await _grain.Value.SettleAsync(reservation, happenedAt);
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
