using Microsoft.Extensions.Logging;

namespace DevopsCd.Messaging.Tests.Scheduling;

/// <summary>Sends the program's warnings to the output of the test that is running.</summary>
internal sealed class TestLogProvider : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new TestLog(categoryName);

    public void Dispose()
    {
    }

    private sealed class TestLog(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                TestContext.Current.TestOutputHelper?.WriteLine($"{logLevel} {category}: {formatter(state, exception)} {exception}");
        }
    }
}
