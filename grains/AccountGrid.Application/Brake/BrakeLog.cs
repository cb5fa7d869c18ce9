using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>What the brake logs.</summary>
internal static partial class BrakeLog
{
    [LoggerMessage(1040, LogLevel.Critical,
        "ALERT: the brake over the grid engaged at {Harms} harms of {Reach} followers, each by one person or service "
            + "alone; until {Until:u} every harm takes two people, unless an approver releases it.")]
    public static partial void Engaged(ILogger log, int harms, long reach, DateTimeOffset until);

    [LoggerMessage(1041, LogLevel.Warning, "The brake was released by {Approver}.")]
    public static partial void Released(ILogger log, OperatorId approver);

    [LoggerMessage(1045, LogLevel.Warning, "A release of the brake by {Caller} was refused: {Reason}.")]
    public static partial void ReleaseRefused(ILogger log, Actor caller, RefusalReason reason);

    [LoggerMessage(1042, LogLevel.Error, "The brake's journal is damaged; no harm happens with one person alone.")]
    public static partial void JournalDamaged(ILogger log, Exception exception);

    [LoggerMessage(1043, LogLevel.Warning, "Another activation of the brake appended first; this one is fenced.")]
    public static partial void FenceLost(ILogger log);

    [LoggerMessage(1044, LogLevel.Warning,
        "An append to the brake's journal failed, outcome unknown: {OutcomeUnknown}; the journal is read again before "
            + "the next use.")]
    public static partial void AppendFailed(ILogger log, Exception exception, bool outcomeUnknown);
}
