using System.Collections.Concurrent;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace DevopsCd.Shared;

/// <summary>
/// Stands before a sink that may come to a halt, such as a standard output whose reader has stopped, so that nobody who writes a line waits for it.
/// Lines for which there is no place are left out, and their number is said in a line as soon as the sink goes on.
/// </summary>
internal sealed class LogQueue : ILogEventSink, IDisposable
{
    internal const int Places = 10_000;

    private static readonly TimeSpan s_lastLines = TimeSpan.FromSeconds(2);
    private static readonly MessageTemplate s_leftOut = new MessageTemplateParser().Parse("{Count} lines were left out here: nobody took them");

    private readonly BlockingCollection<LogEvent> _lines = new(Places);
    private readonly ILogEventSink _sink;
    private readonly Thread _writer;
    private int _leftOut;

    public LogQueue(ILogEventSink sink)
    {
        _sink = sink;
        _writer = new Thread(Write) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    public void Emit(LogEvent logEvent)
    {
        if (_lines.IsAddingCompleted || !_lines.TryAdd(logEvent))
            Interlocked.Increment(ref _leftOut);
    }

    /// <summary>Writes what is left, unless the sink still stands.</summary>
    public void Dispose()
    {
        _lines.CompleteAdding();
        if (!_writer.Join(s_lastLines))
            return;
        (_sink as IDisposable)?.Dispose();
        _lines.Dispose();
    }

    private void Write()
    {
        foreach (var line in _lines.GetConsumingEnumerable())
        {
            _sink.Emit(line);
            if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var count)
                _sink.Emit(new(line.Timestamp, LogEventLevel.Warning, null, s_leftOut, [new("Count", new ScalarValue(count))]));
        }
    }
}

/// <summary>How a program puts a <see cref="LogQueue" /> before its sinks.</summary>
internal static class LogQueues
{
    public static LoggerConfiguration Queued(this LoggerSinkConfiguration to, Action<LoggerSinkConfiguration> sinks) =>
        to.Sink(LoggerSinkConfiguration.Wrap(sink => new LogQueue(sink), sinks));
}
