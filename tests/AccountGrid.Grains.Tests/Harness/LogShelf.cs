using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Grains.Tests;

/// <summary>Keeps what is logged. Thread-safe.</summary>
public sealed class LogShelf : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Category, LogLevel Level, EventId Id, string Message)> _lines = new();

    public IReadOnlyCollection<(string Category, LogLevel Level, EventId Id, string Message)> Lines => _lines;

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
            shelf._lines.Enqueue((category, logLevel, eventId, formatter(state, exception)));
    }
}
