using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;

namespace DevopsCd.Shared;

/// <summary>Another formatter's JSON, with what JSON itself lets through (C1 controls, directions of writing) as codes.</summary>
internal sealed class PrintableJson(ITextFormatter json) : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var line = new StringWriter(CultureInfo.InvariantCulture);
        json.Format(logEvent, line);
        output.WriteLine(PrintableText.Of(line.ToString().TrimEnd('\r', '\n')));
    }
}
