using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>Keeps what is logged. Thread-safe.</summary>
/// <param name="least">From which level on.</param>
public sealed class LogShelf(LogLevel least = LogLevel.Warning) : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly LogLevel _least = least;

    /// <summary>Level, category, message and exception of everything so far.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(LogShelf shelf, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= shelf._least;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            shelf._lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
    }
}
