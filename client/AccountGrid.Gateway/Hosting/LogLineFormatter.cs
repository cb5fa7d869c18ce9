using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace AccountGrid.Gateway.Hosting;

/// <summary>
/// A log for people: one line for each entry, level, category, event and message, the trace of whatever the entry is a part of, and a failure with its stack. For programs there is the framework's own
/// formatter <c>json</c>, with the trace among its scopes. Thread-safe.
/// </summary>
internal sealed class LogLineFormatter() : ConsoleFormatter(FormatterName)
{
    /// <summary>As <c>Logging:Console:FormatterName</c> calls it.</summary>
    public const string FormatterName = "line";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write($"{LevelOf(logEntry.LogLevel)}: {logEntry.Category}[{logEntry.EventId.Id}] {OneLine(message)}");
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
        {
            // Written where it is logged, not on the console's own thread.
            textWriter.Write($" (trace {activity.TraceId.ToHexString()})");
        }

        if (logEntry.Exception is { } exception)
        {
            textWriter.Write($" {OneLine(exception.ToString())}");
        }

        textWriter.Write('\n');
    }

    /// <summary>What is logged may come from anywhere: nobody writes a line of the log that the program did not write.</summary>
    private static string OneLine(string text) => text.AsSpan().IndexOfAny('\r', '\n') < 0 ? text : text.ReplaceLineEndings(" ").Replace('\r', ' ');

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
