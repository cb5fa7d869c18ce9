using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>What processors of operators log.</summary>
internal static partial class OperatorLog
{
    [LoggerMessage(1101, LogLevel.Error, "Operator {Operator}: the journal is damaged; the person has no authority.")]
    public static partial void JournalDamaged(ILogger log, Exception exception, OperatorId @operator);

    [LoggerMessage(1102, LogLevel.Warning,
        "Operator {Operator}: another activation appended first; this one is fenced.")]
    public static partial void FenceLost(ILogger log, OperatorId @operator);

    [LoggerMessage(1103, LogLevel.Warning,
        "Operator {Operator}: an append failed, outcome unknown: {OutcomeUnknown}; the journal is read again before the next use.")]
    public static partial void AppendFailed(
        ILogger log, Exception exception, OperatorId @operator, bool outcomeUnknown);
}
