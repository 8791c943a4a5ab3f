using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Messaging.Tests.Houses;

/// <summary>Log lines go to the test's own output, where they are seen when it fails, and to the house.</summary>
internal sealed class TestLog(ConcurrentQueue<string> seen) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Lines(categoryName, seen);

    public void Dispose()
    {
    }

    private sealed class Lines(string category, ConcurrentQueue<string> seen) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) =>
            logLevel >= LogLevel.Information && !category.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;

            var line = formatter(state, exception);
            seen.Enqueue(line);
            TestContext.Current.TestOutputHelper?.WriteLine($"{logLevel} {category}: {line} {exception}");
        }
    }
}
