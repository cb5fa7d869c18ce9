using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>What processors of accounts log. No note, ticket or token is ever among it.</summary>
internal static partial class AccountLog
{
    [LoggerMessage(1001, LogLevel.Warning,
        "Account {Account}: the snapshot was ignored ({Cause}); the journal is read in full.")]
    public static partial void SnapshotIgnored(ILogger log, AccountId account, string cause);

    [LoggerMessage(1002, LogLevel.Error, "Account {Account}: its journal is damaged; the account is out of service.")]
    public static partial void JournalDamaged(ILogger log, Exception exception, AccountId account);

    [LoggerMessage(1003, LogLevel.Warning, "Account {Account}: another activation appended first; this one is fenced.")]
    public static partial void FenceLost(ILogger log, AccountId account);

    [LoggerMessage(1004, LogLevel.Warning,
        "Account {Account}: an append failed, outcome unknown: {OutcomeUnknown}; the journal is read again before the next command.")]
    public static partial void AppendFailed(ILogger log, Exception exception, AccountId account, bool outcomeUnknown);

    [LoggerMessage(1005, LogLevel.Warning, "Account {Account}: the follower count could not be read.")]
    public static partial void LedgerUnreadable(ILogger log, Exception exception, AccountId account);

    [LoggerMessage(1006, LogLevel.Warning,
        "Account {Account}: the follower ledger did not answer within {Wait}; going on without the count.")]
    public static partial void LedgerSlow(ILogger log, AccountId account, TimeSpan wait);

    [LoggerMessage(1007, LogLevel.Warning, "Account {Account}: follows failed; the count is read again.")]
    public static partial void FollowsFailed(ILogger log, Exception exception, AccountId account);

    [LoggerMessage(1008, LogLevel.Warning, "Account {Account}: the journal could not be read again.")]
    public static partial void RefreshFailed(ILogger log, Exception exception, AccountId account);

    [LoggerMessage(1011, LogLevel.Warning,
        "Account {Account}: the followers have crossed the threshold of protection; the entry that says so is late.")]
    public static partial void ReachNotNoted(ILogger log, Exception exception, AccountId account);

    [LoggerMessage(1012, LogLevel.Warning,
        "Account {Account}: {Count} refused attempts were counted, and the entry that tells so could not be written.")]
    public static partial void RefusalsNotSummedUp(ILogger log, Exception exception, AccountId account, long count);

    [LoggerMessage(1050, LogLevel.Warning,
        "Account {Account}: unfollows were refused, because it would have lost more followers than its limit; the "
        + "entry that says so could not be made.")]
    public static partial void LossRefusalNotNoted(ILogger log, Exception exception, AccountId account);

    [LoggerMessage(1051, LogLevel.Warning,
        "Account {Account}: {Unfollows} unfollows were refused: it has lost {Lost} followers within {Window}, and may "
        + "lose {Limit}.")]
    public static partial void LossRefused(
        ILogger log, AccountId account, long unfollows, long lost, TimeSpan window, long limit);

    [LoggerMessage(1010, LogLevel.Warning,
        "DRIFT: account {Account}: the ledger says {Count} followers where {Expected} are right by what was known "
        + "before. The count is not shown as exact until it is found to agree.")]
    public static partial void CountContradicts(ILogger log, AccountId account, long count, long expected);

    [LoggerMessage(1009, LogLevel.Error, "Account {Account}: due work did not come to an end after {Steps} steps.")]
    public static partial void DueWorkEndless(ILogger log, AccountId account, int steps);
}
