using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The journals of accounts.</summary>
internal sealed class AccountStreamKind(AccountServices services)
    : StreamKind<AccountState, AccountEvent>(
        services.Journal, services.Codec, services.Clock, services.Limits, services.Diagnostics)
{
    /// <summary>Whether it was made of these parts.</summary>
    public bool IsOf(AccountServices parts) => ReferenceEquals(services, parts);

    public override string Name => "account";

    public override AccountState Evolve(AccountState state, Recorded<AccountEvent> entry) =>
        AccountEvolver.Evolve(state, entry);

    public override StreamIndexRow RowOf(AccountState state) => AccountIndex.RowOf(state);

    public override BudgetMark? MarkOf(AccountEvent streamEvent) => BudgetMarks.Of(streamEvent);

    public override void LogDamaged(AccountState state, Exception exception) =>
        AccountLog.JournalDamaged(services.Log, exception, state.Id);

    public override void LogFenceLost(AccountState state) => AccountLog.FenceLost(services.Log, state.Id);

    public override void LogAppendFailed(AccountState state, Exception exception, bool outcomeUnknown) =>
        AccountLog.AppendFailed(services.Log, exception, state.Id, outcomeUnknown);
}
