using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>Keeps what is logged. Thread-safe.</summary>
public sealed class LogShelf : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

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

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            shelf._lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
    }
}
