using Microsoft.Extensions.Logging;

namespace AccountGrid.Application;

/// <summary>What is logged about the policy record. Names and values of its settings are no secrets.</summary>
internal static partial class PolicyLog
{
    [LoggerMessage(1030, LogLevel.Error,
        "The journal of the policy is damaged; the values that were read before stay in force.")]
    public static partial void JournalDamaged(ILogger log, Exception exception);

    [LoggerMessage(1031, LogLevel.Warning, "The policy: another activation appended first; this one is fenced.")]
    public static partial void FenceLost(ILogger log);

    [LoggerMessage(1032, LogLevel.Warning,
        "The policy: an append failed, outcome unknown: {OutcomeUnknown}; the journal is read before the next use.")]
    public static partial void AppendFailed(ILogger log, Exception exception, bool outcomeUnknown);

    [LoggerMessage(1033, LogLevel.Information,
        "The policy of version {Version} is in force; what changed for this silo: {Changes}")]
    public static partial void InForce(ILogger log, long version, string changes);

    [LoggerMessage(1034, LogLevel.Warning,
        "The settings of this silo differ from the policy record, which is in force: {Differences}")]
    public static partial void Differs(ILogger log, string differences);

    [LoggerMessage(1036, LogLevel.Warning,
        "The last entry of the policy record could not be noted outside the store; the next second tries again.")]
    public static partial void NotNoted(ILogger log, Exception exception);

    [LoggerMessage(1035, LogLevel.Information, "The settings of this silo no longer differ from the policy record.")]
    public static partial void Agrees(ILogger log);
}
