using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>Everything that the policy record needs; one per silo, shared. All parts are thread-safe.</summary>
/// <param name="Journal">The truth.</param>
/// <param name="Authority">What admins may do, now.</param>
/// <param name="Codec">The stored form of events.</param>
/// <param name="Clock">The time.</param>
/// <param name="Limits">The bounds; validated by the host.</param>
/// <param name="Diagnostics">Spans and instruments.</param>
/// <param name="Log">Where it logs.</param>
public sealed record PolicyServices(
    IJournal Journal, IOperatorAuthority Authority, IEventCodec<PolicyEvent> Codec, TimeProvider Clock,
    ProcessorLimits Limits, ApplicationDiagnostics Diagnostics, ILogger<PolicyProcessor> Log)
{
    /// <summary>The journal of the policy, from before its first entry.</summary>
    internal JournaledStream<PolicyState, PolicyEvent> NewStream() =>
        new(new PolicyStreamKind(this), StreamId.Policy, PolicyState.Unrecorded);
}
