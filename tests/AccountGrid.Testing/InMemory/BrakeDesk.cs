using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Testing;

/// <summary>
/// The brake of a test: a real processor, asked directly, with a record of every question. Runs on one scheduler, like
/// the processor that it holds.
/// </summary>
public sealed class BrakeDesk : IBrake
{
    private BrakeProcessor? _processor;

    /// <summary>What the processor is built on; set once, before the first question.</summary>
    public BrakeServices? Services { get; set; }

    /// <summary>Every harm that was asked about, in order.</summary>
    public List<HarmIntent> Questions { get; } = [];

    /// <summary>Every settlement, in order.</summary>
    public List<DateTimeOffset?> Settlements { get; } = [];

    /// <summary>Whether every silo knows the brake, so that it counts.</summary>
    public bool IsKnownEverywhere { get; set; } = true;

    /// <summary>Whether it cannot be reached.</summary>
    public bool IsUnreachable { get; set; }

    /// <summary>The processor; every call to <see cref="Restart"/> makes another one.</summary>
    public BrakeProcessor Processor => _processor ??=
        new(Services ?? throw new InvalidOperationException("The desk has no services yet."));

    /// <summary>Forgets everything in memory, as the end of an activation does.</summary>
    public void Restart() => _processor = null;

    /// <inheritdoc/>
    public async ValueTask<BrakeAnswer> ReserveAsync(HarmIntent harm, CancellationToken cancellationToken)
    {
        Questions.Add(harm);
        return IsUnreachable
            ? throw new StorageUnavailableException(
                "The brake cannot be read.", inner: null, isTransient: true, outcomeUnknown: false)
            : await Processor.ReserveAsync(harm, IsKnownEverywhere, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<BrakeAnswer> PeekAsync(HarmIntent harm, CancellationToken cancellationToken) =>
        Processor.PeekAsync(harm, IsKnownEverywhere, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SettleAsync(long reservation, DateTimeOffset? happenedAt)
    {
        Settlements.Add(happenedAt);
        Processor.Settle(reservation, happenedAt);
        return ValueTask.CompletedTask;
    }
}
