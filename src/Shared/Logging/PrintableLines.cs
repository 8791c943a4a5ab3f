using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace DevopsCd.Shared;

/// <summary>
/// One line of text an event, whatever its properties hold: what strangers wrote can neither begin a line nor reach the terminal. Lines of an
/// exception are indented, so that none of them passes for an event.
/// </summary>
internal sealed class PrintableLines : ITextFormatter
{
    private static readonly MessageTemplateTextFormatter s_head = new("{Timestamp:HH:mm:ss} {Level:u3} ", CultureInfo.InvariantCulture);
    private static readonly MessageTemplateTextFormatter s_message = new("{Message:lj}", CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        s_head.Format(logEvent, output);
        using var message = new StringWriter(CultureInfo.InvariantCulture);
        s_message.Format(logEvent, message);
        output.WriteLine(PrintableText.Of(message.ToString()));
        if (logEvent.Exception is { } exception)
            foreach (var line in exception.ToString().Split('\n'))
                output.WriteLine("  " + PrintableText.Of(line.TrimEnd('\r')));
    }
}
