using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>Everything that operator processors need; one per silo, shared. All parts are thread-safe.</summary>
/// <param name="Journal">The truth.</param>
/// <param name="Index">The ids of all operators.</param>
/// <param name="Harms">What counts against budgets, derived from the accounts' journals.</param>
/// <param name="Authority">What other people may do, now; never asked about the processor's own person.</param>
/// <param name="Codec">The stored form of events.</param>
/// <param name="Clock">The time.</param>
/// <param name="Policies">The numbers behind the rules, as they are now.</param>
/// <param name="Limits">The bounds; validated by the host.</param>
/// <param name="Diagnostics">Spans and instruments.</param>
/// <param name="Log">Where processors log.</param>
public sealed record OperatorServices(
    IJournal Journal, IStreamIndex Index, IHarmLog Harms, IOperatorAuthority Authority,
    IEventCodec<OperatorEvent> Codec, TimeProvider Clock,
    PolicyInForce Policies, ProcessorLimits Limits, ApplicationDiagnostics Diagnostics, ILogger<OperatorProcessor> Log)
{
    private OperatorStreamKind? _streams;

    /// <summary>The numbers about operators, as they are now.</summary>
    public OperatorPolicy Policy => Policies.Operators;

    /// <summary>
    /// What the streams share; made at the first use, and again by a copy (<c>with</c>), which has other parts.
    /// </summary>
    private OperatorStreamKind Streams => _streams is { } made && made.IsOf(this) ? made : _streams = new(this);

    /// <summary>An operator's journal, from before its first entry.</summary>
    internal JournaledStream<OperatorState, OperatorEvent> StreamOf(OperatorId id) =>
        new(Streams, StreamId.Of(id), OperatorState.Unknown(id));
}
