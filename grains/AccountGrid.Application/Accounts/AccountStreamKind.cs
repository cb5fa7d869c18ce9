using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>The journals of accounts.</summary>
internal sealed class AccountStreamKind(
    IJournal journal, IEventCodec<AccountEvent> codec, TimeProvider clock, ProcessorLimits limits, ApplicationDiagnostics diagnostics, ILogger log)
    : StreamKind<AccountState, AccountEvent>(journal, codec, clock, limits, diagnostics)
{
    public override string Name => "account";

    public override AccountState Evolve(AccountState state, Recorded<AccountEvent> entry) => AccountEvolver.Evolve(state, entry);

    public override StreamIndexRow RowOf(AccountState state) => AccountIndex.RowOf(state);

    public override HarmMark? MarkOf(AccountEvent streamEvent) => HarmMarks.Of(streamEvent);

    public override void LogDamaged(AccountState state, Exception exception) => AccountLog.JournalDamaged(log, exception, state.Id);

    public override void LogFenceLost(AccountState state) => AccountLog.FenceLost(log, state.Id);

    public override void LogAppendFailed(AccountState state, Exception exception, bool outcomeUnknown) =>
        AccountLog.AppendFailed(log, exception, state.Id, outcomeUnknown);
}
