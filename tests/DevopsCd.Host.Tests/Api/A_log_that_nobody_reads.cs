using System.Collections.Concurrent;
using DevopsCd.Shared;
using DevopsCd.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace DevopsCd.Host.Tests.Api;

public sealed class A_log_that_nobody_reads
{
    [Fact]
    public async Task Keeps_nobody_waiting_and_says_later_how_much_is_missing()
    {
        const int lines = LogQueue.Places + 100;
        using var sink = new Halted();
        await using var log = new LoggerConfiguration().WriteTo.Queued(to => to.Sink(sink)).CreateLogger();

        for (var number = 0; number < lines; number++)
            log.Information("line {Number}", number);
        sink.IsRead.Set();

        await Eventually.IsTrue(() => sink.Missing is not null, "the missing lines are counted");
        await Eventually.IsTrue(() => sink.Written + sink.Missing == lines, "every line is written or counted");
        sink.Missing.ShouldNotBeNull().ShouldBeInRange(1, 100);
    }

    [Fact]
    public async Task Is_written_to_its_end_when_the_program_ends()
    {
        var sink = new Halted();
        sink.IsRead.Set();

        await using (var log = new LoggerConfiguration().WriteTo.Queued(to => to.Sink(sink)).CreateLogger())
            for (var number = 0; number < 100; number++)
                log.Information("line {Number}", number);

        // The end waits for a while only: a busy machine may not have written all by then.
        await Eventually.IsTrue(() => sink.Written == 100, "every line is written");
    }

    private sealed class Halted : ILogEventSink, IDisposable
    {
        private readonly ConcurrentQueue<LogEvent> _written = new();

        public ManualResetEventSlim IsRead { get; } = new();

        public int Written => _written.Count(line => line.Level == LogEventLevel.Information);

        public int? Missing => _written.Select(line => (line.Properties.GetValueOrDefault("Count") as ScalarValue)?.Value as int?)
            .FirstOrDefault(count => count is not null);

        public void Emit(LogEvent logEvent)
        {
            IsRead.Wait();
            _written.Enqueue(logEvent);
        }

        public void Dispose() => IsRead.Dispose();
    }
}
