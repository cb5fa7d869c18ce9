using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains.Tests;

/// <summary>A silo of the version before, which asks no brake.</summary>
internal sealed class NoBrake : IBrake
{
    public ValueTask<BrakeAnswer> ReserveAsync(HarmIntent harm, CancellationToken cancellationToken) =>
        new(BrakeAnswer.NotCounted);

    public ValueTask<BrakeAnswer> PeekAsync(HarmIntent harm, CancellationToken cancellationToken) =>
        new(BrakeAnswer.NotCounted);

    public ValueTask SettleAsync(long reservation, DateTimeOffset? happenedAt) => default;
}
