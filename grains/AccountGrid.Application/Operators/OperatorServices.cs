using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>Everything that operator processors need; one per silo, shared. All parts are thread-safe.</summary>
/// <param name="Journal">The truth.</param>
/// <param name="Harms">What counts against budgets, derived from the accounts' journals.</param>
/// <param name="Authority">What other people may do, now; never asked about the processor's own person.</param>
/// <param name="Codec">The stored form of events.</param>
/// <param name="Clock">The time.</param>
/// <param name="Policy">The numbers behind the rules.</param>
/// <param name="Limits">The bounds; validated by the host.</param>
/// <param name="Diagnostics">Spans and instruments.</param>
/// <param name="Log">Where processors log.</param>
public sealed record OperatorServices(
    IJournal Journal, IHarmLog Harms, IOperatorAuthority Authority, IEventCodec<OperatorEvent> Codec, TimeProvider Clock,
    OperatorPolicy Policy, ProcessorLimits Limits, ApplicationDiagnostics Diagnostics, ILogger<OperatorProcessor> Log)
{
    private readonly OperatorStreamKind _streams = new(Journal, Codec, Clock, Limits, Diagnostics, Log);

    /// <summary>An operator's journal, from before its first entry.</summary>
    internal JournaledStream<OperatorState, OperatorEvent> StreamOf(OperatorId id) => new(_streams, StreamId.Of(id), OperatorState.Unknown(id));
}

/// <summary>One operator at one instant; immutable.</summary>
/// <param name="State">What the journal says; version 0 for somebody unknown.</param>
/// <param name="Standing">The standing at that instant.</param>
/// <param name="HarmsInWindow">Harmful actions that count against the budget, reserved ones included.</param>
/// <param name="ReachInWindow">Their reach, in followers.</param>
public sealed record OperatorView(OperatorState State, Standing Standing, int HarmsInWindow, long ReachInWindow);

/// <summary>What came of an operator command.</summary>
/// <param name="View">The operator after it.</param>
/// <param name="Refusal">Why not, or <c>null</c>.</param>
public sealed record OperatorResult(OperatorView View, Refusal? Refusal);
