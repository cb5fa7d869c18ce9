using Microsoft.Extensions.Logging;

namespace AccountGrid.Storage.Postgres;

internal sealed partial class Writer<TOperation>
{
    [LoggerMessage(4211, LogLevel.Warning,
        "A transaction of {Operations} operations failed ({Kind}); trying them one by one.")]
    private partial void LogBatchFailed(int operations, string kind);

    [LoggerMessage(4212, LogLevel.Error, "{What} failed for {Operations} operations: {Kind}{Outcome}.")]
    private partial void LogOperationsFailed(string what, int operations, string kind, string outcome);

    [LoggerMessage(4213, LogLevel.Error, "{What} failed by a fault of the program.")]
    private partial void LogOperationFaulted(string what, Exception exception);

    [LoggerMessage(4214, LogLevel.Information,
        "A transaction of {Operations} operations was undone ({Kind}) and is tried again.")]
    private partial void LogTriedAgain(int operations, string kind);

    [LoggerMessage(4215, LogLevel.Warning, "Ended {Sessions} sessions that held the lock of the journal in silence.")]
    private partial void LogSessionsEnded(int sessions);
}
