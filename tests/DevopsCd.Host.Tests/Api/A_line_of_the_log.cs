using System.Text.Json;
using DevopsCd.Shared;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;

namespace DevopsCd.Host.Tests.Api;

public sealed class A_line_of_the_log
{
    private const string Hostile = "ann\r\n12:00:00 INF Batch B1: approved\u001B[2J\u009B31m\u202Etxt\u2028next\u0000";

    [Fact]
    public void Stays_one_line_whatever_its_properties_hold()
    {
        var text = Written(new PrintableLines(),
            log => log.Information("Batch {Title} of {@Person} by {Names}", Hostile, new { Name = Hostile }, (string[])[Hostile]));

        text.TrimEnd('\n').ShouldNotContain("\n");
        text.ShouldContain("ann\\r\\n12:00:00 INF Batch B1: approved\\u001B[2J\\u009B31m\\u202Etxt\\u2028next\\u0000");
        text.TrimEnd('\n').ShouldAllBe(letter => !char.IsControl(letter) && letter != '\u202E' && letter != '\u2028');
    }

    [Fact]
    public void Stays_one_line_when_the_template_itself_was_a_strangers() =>
        Written(new PrintableLines(), log => log.Write(LogEventLevel.Information, Hostile)).TrimEnd('\n').ShouldNotContain("\n");

    [Fact]
    public void Is_not_forged_by_an_exception()
    {
        var lines = Written(new PrintableLines(), log => log.Error(new FormatException(Hostile), "It failed")).TrimEnd('\n').Split('\n');

        lines[0].ShouldEndWith("ERR It failed");
        lines.Skip(1).ShouldAllBe(line => line.StartsWith("  ", StringComparison.Ordinal));
        string.Concat(lines).ShouldAllBe(letter => !char.IsControl(letter) && letter != '\u202E');
    }

    [Fact]
    public void Is_readable_JSON_without_hidden_letters()
    {
        var text = Written(new PrintableJson(new RenderedCompactJsonFormatter()), log => log.Information("Batch {Title}", Hostile)).TrimEnd('\n');

        text.ShouldAllBe(letter => !char.IsControl(letter) && letter != '\u202E' && letter != '\u2028');
        JsonDocument.Parse(text).RootElement.GetProperty("Title").GetString().ShouldBe(Hostile);
    }

    [Fact]
    public void Shows_peoples_words_as_they_are() =>
        Written(new PrintableLines(), log => log.Information("Batch {Title}", "发布 👩‍💻 naïve"))
            .ShouldEndWith("INF Batch 发布 👩‍💻 naïve" + Environment.NewLine);

    private static string Written(ITextFormatter formatter, Action<Logger> write)
    {
        var sink = new Lines(formatter);
        using (var log = new LoggerConfiguration().Filter.ByIncludingOnly(line =>
        {
            sink.Emit(line);
            return true;
        }).CreateLogger())
            write(log);
        return sink.Text;
    }

    private sealed class Lines(ITextFormatter formatter) : ILogEventSink
    {
        private readonly StringWriter _text = new();

        public string Text => _text.ToString();

        public void Emit(LogEvent logEvent) => formatter.Format(logEvent, _text);
    }
}
