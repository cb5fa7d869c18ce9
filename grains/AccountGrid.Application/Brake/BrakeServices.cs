using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>Everything that the brake's processor needs; one per silo, shared. All parts are thread-safe.</summary>
/// <param name="Journal">The truth.</param>
/// <param name="Harms">What counts, derived from the accounts' journals.</param>
/// <param name="Authority">What people may do, now.</param>
/// <param name="Codec">The stored form of events.</param>
/// <param name="Clock">The time.</param>
/// <param name="Policies">The numbers behind the rules, as they are now.</param>
/// <param name="Limits">The bounds; validated by the host.</param>
/// <param name="Diagnostics">Spans and instruments.</param>
/// <param name="Log">Where the processor logs.</param>
public sealed record BrakeServices(
    IJournal Journal, IHarmLog Harms, IOperatorAuthority Authority, IEventCodec<BrakeEvent> Codec, TimeProvider Clock,
    PolicyInForce Policies, ProcessorLimits Limits, ApplicationDiagnostics Diagnostics, ILogger<BrakeProcessor> Log)
{
    /// <summary>The limits, as they are now.</summary>
    public BrakePolicy Policy => Policies.Brake;

    /// <summary>The brake's journal, from before its first entry.</summary>
    internal JournaledStream<BrakeState, BrakeEvent> NewStream() =>
        new(new BrakeStreamKind(this), StreamId.Brake, BrakeState.Initial);
}
