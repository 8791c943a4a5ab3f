using DevopsCd.Cli.Connecting;
using Spectre.Console;

namespace DevopsCd.Cli.Output;

/// <summary>Writes data to standard output in the form that was asked for.</summary>
internal sealed class Printer(Surroundings around, OutputFormat format)
{
    public OutputFormat Format => format;

    private bool IsForPeople => format is OutputFormat.Table or OutputFormat.Wide;

    /// <summary>A list: a line for each item.</summary>
    public async Task ListAsync<T>(Reply reply, IReadOnlyList<T> items, Func<T, string> name, params IReadOnlyList<Column<T>> columns)
    {
        if (format == OutputFormat.Name)
            foreach (var item in items)
                await around.Out.WriteLineAsync(name(item));
        else if (IsForPeople)
            await TableAsync(items, columns);
        else
            await BodyAsync(reply);
    }

    /// <summary>One thing: a line for each fact that there is.</summary>
    public async Task FactsAsync(Reply reply, string name, params IReadOnlyList<(string Title, string? Value)> facts)
    {
        if (format == OutputFormat.Name)
            await around.Out.WriteLineAsync(name);
        else if (IsForPeople)
            await FactsAsync(facts);
        else
            await BodyAsync(reply);
    }

    /// <summary>The body as it came; nothing where there is none.</summary>
    public async Task BodyAsync(Reply reply)
    {
        if (reply.Body.Length == 0)
            return;
        if (format == OutputFormat.Yaml)
            await around.Out.WriteAsync(YamlText.Of(reply.Body));
        else
            await around.Out.WriteLineAsync(reply.Body);
    }

    /// <summary>A table below something else that was written for people.</summary>
    public async Task TableAsync<T>(IReadOnlyList<T> items, params IReadOnlyList<Column<T>> columns)
    {
        var shown = columns.Where(c => !c.IsWide || format == OutputFormat.Wide).ToList();
        var cells = items.Select(item => shown.Select(c => Flat(c.Value(item)) is { Length: > 0 } text ? text : "-").ToList())
            .Prepend([.. shown.Select(c => c.Title)]).ToList();
        var widths = Enumerable.Range(0, shown.Count).Select(i => cells.Max(row => row[i].GetCellWidth())).ToList();
        foreach (var row in cells)
            await around.Out.WriteLineAsync(string.Concat(row.Select((text, i) => text + new string(' ', widths[i] - text.GetCellWidth() + 3))).TrimEnd());
    }

    private async Task FactsAsync(IReadOnlyList<(string Title, string? Value)> facts)
    {
        var shown = facts.Where(f => !string.IsNullOrEmpty(f.Value)).ToList();
        var width = shown.Count == 0 ? 0 : shown.Max(f => f.Title.Length) + 2;
        foreach (var (title, value) in shown)
            await around.Out.WriteLineAsync($"{(title + ":").PadRight(width)}{Flat(value)}");
    }

    /// <summary>In one line: what others have written may not look like a line of ours.</summary>
    public static string Flat(string? text) => text is null ? "" : string.Concat(text.Select(c => c is '\n' or '\t' ? ' ' : char.IsControl(c) ? '·' : c));
}
