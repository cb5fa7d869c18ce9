using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>The journals of operators.</summary>
internal sealed class OperatorStreamKind(
    IJournal journal, IEventCodec<OperatorEvent> codec, TimeProvider clock, ProcessorLimits limits, ApplicationDiagnostics diagnostics, ILogger log)
    : StreamKind<OperatorState, OperatorEvent>(journal, codec, clock, limits, diagnostics)
{
    public override string Name => "operator";

    public override OperatorState Evolve(OperatorState state, Recorded<OperatorEvent> entry) => OperatorDecider.Evolve(state, entry);

    public override StreamIndexRow RowOf(OperatorState state) => OperatorIndex.RowOf(state);

    public override void LogDamaged(OperatorState state, Exception exception) => OperatorLog.JournalDamaged(log, exception, state.Id);

    public override void LogFenceLost(OperatorState state) => OperatorLog.FenceLost(log, state.Id);

    public override void LogAppendFailed(OperatorState state, Exception exception, bool outcomeUnknown) =>
        OperatorLog.AppendFailed(log, exception, state.Id, outcomeUnknown);
}
