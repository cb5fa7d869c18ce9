using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The journal of the policy.</summary>
internal sealed class PolicyStreamKind(PolicyServices services)
    : StreamKind<PolicyState, PolicyEvent>(
        services.Journal, services.Codec, services.Clock, services.Limits, services.Diagnostics)
{
    public override string Name => "policy";

    public override PolicyState Evolve(PolicyState state, Recorded<PolicyEvent> entry) =>
        PolicyEvolver.Evolve(state, entry);

    public override StreamIndexRow RowOf(PolicyState state) => RowOfState(state);

    /// <summary>The row of any state: none, because no list shows the policy.</summary>
    public static StreamIndexRow RowOfState(PolicyState state) =>
        new StreamIndexRow.None { Version = state.Version };

    public override void LogDamaged(PolicyState state, Exception exception) =>
        PolicyLog.JournalDamaged(services.Log, exception);

    public override void LogFenceLost(PolicyState state) => PolicyLog.FenceLost(services.Log);

    public override void LogAppendFailed(PolicyState state, Exception exception, bool outcomeUnknown) =>
        PolicyLog.AppendFailed(services.Log, exception, outcomeUnknown);
}
