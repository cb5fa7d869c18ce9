using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The journals of operators.</summary>
internal sealed class OperatorStreamKind(OperatorServices services)
    : StreamKind<OperatorState, OperatorEvent>(
        services.Journal, services.Codec, services.Clock, services.Limits, services.Diagnostics)
{
    /// <summary>Whether it was made of these parts.</summary>
    public bool IsOf(OperatorServices parts) => ReferenceEquals(services, parts);

    public override string Name => "operator";

    public override OperatorState Evolve(OperatorState state, Recorded<OperatorEvent> entry) =>
        OperatorEvolver.Evolve(state, entry);

    public override StreamIndexRow RowOf(OperatorState state) => OperatorIndex.RowOf(state);

    public override void LogDamaged(OperatorState state, Exception exception) =>
        OperatorLog.JournalDamaged(services.Log, exception, state.Id);

    public override void LogFenceLost(OperatorState state) => OperatorLog.FenceLost(services.Log, state.Id);

    public override void LogAppendFailed(OperatorState state, Exception exception, bool outcomeUnknown) =>
        OperatorLog.AppendFailed(services.Log, exception, state.Id, outcomeUnknown);
}
