using Microsoft.Extensions.Logging;

namespace AccountGrid.Storage.Sqlite;

internal sealed partial class Writer
{
    [LoggerMessage(4101, LogLevel.Warning, "A transaction of {Operations} operations failed; trying them one by one.")]
    private partial void LogBatchFailed(int operations, Exception exception);

    [LoggerMessage(4102, LogLevel.Error, "{What} failed: {Kind} (SQLite {Code}).")]
    private partial void LogOperationFailed(string what, string kind, int code);

    [LoggerMessage(4103, LogLevel.Error, "{What} failed by a fault of the program.")]
    private partial void LogOperationFaulted(string what, Exception exception);

    [LoggerMessage(4104, LogLevel.Warning, "A failed transaction could not be undone; its connection is dropped.")]
    private partial void LogRollbackFailed(Exception exception);

    [LoggerMessage(4105, LogLevel.Warning, "The writer's connection could not be closed.")]
    private partial void LogCloseFailed(Exception exception);
}
