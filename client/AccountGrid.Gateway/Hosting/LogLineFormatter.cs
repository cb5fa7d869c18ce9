using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace AccountGrid.Gateway.Hosting;

/// <summary>
/// A log for people, one line for each entry: level, category, event, message, the current trace, and a failure with
/// its stack. For programs there is the framework's formatter <c>json</c>, with the trace among its scopes.
/// Thread-safe.
/// </summary>
internal sealed class LogLineFormatter() : ConsoleFormatter(FormatterName)
{
    /// <summary>The formatter's name in <c>Logging:Console:FormatterName</c>.</summary>
    public const string FormatterName = "line";

    /// <inheritdoc/>
    public override void Write<TState>(
        in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write(
            $"{LevelOf(logEntry.LogLevel)}: {logEntry.Category}[{logEntry.EventId.Id}] {OneLine(message)}");
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            // The entry is formatted on the thread that logs it, so this is its activity.
            textWriter.Write($" (trace {activity.TraceId.ToHexString()})");
        }

        if (logEntry.Exception is { } exception)
        {
            textWriter.Write($" {OneLine(exception.ToString())}");
        }

        textWriter.Write('\n');
    }

    /// <summary>
    /// Removes line ends, so that logged text from outside cannot forge a line of the log.
    /// </summary>
    private static string OneLine(string text) =>
        text.AsSpan().IndexOfAny('\r', '\n') < 0 ? text : text.ReplaceLineEndings(" ").Replace('\r', ' ');

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
