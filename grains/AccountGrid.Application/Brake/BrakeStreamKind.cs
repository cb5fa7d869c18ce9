using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The journal of the brake; there is one.</summary>
internal sealed class BrakeStreamKind(BrakeServices services)
    : StreamKind<BrakeState, BrakeEvent>(
        services.Journal, services.Codec, services.Clock, services.Limits, services.Diagnostics)
{
    public override string Name => "brake";

    /// <summary>No list shows it.</summary>
    public static StreamIndexRow RowAfter(BrakeState state) => new StreamIndexRow.None { Version = state.Version };

    public override BrakeState Evolve(BrakeState state, Recorded<BrakeEvent> entry) =>
        BrakeEvolver.Evolve(state, entry);

    public override StreamIndexRow RowOf(BrakeState state) => RowAfter(state);

    public override void LogDamaged(BrakeState state, Exception exception) =>
        BrakeLog.JournalDamaged(services.Log, exception);

    public override void LogFenceLost(BrakeState state) => BrakeLog.FenceLost(services.Log);

    public override void LogAppendFailed(BrakeState state, Exception exception, bool outcomeUnknown) =>
        BrakeLog.AppendFailed(services.Log, exception, outcomeUnknown);
}
