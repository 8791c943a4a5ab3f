using System.Text.Json;

namespace DevopsCd.Shared.Evidence;

/// <summary>A row of an audit, as a file of evidence has it.</summary>
/// <param name="Text">What its hash is made of.</param>
/// <param name="Hash">The hash that was stored with it.</param>
/// <param name="Number">Its place, from 1.</param>
/// <param name="Previous">The hash of the row before it; empty for the first.</param>
/// <param name="Event">What happened, or was asked for.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="From">The state before it.</param>
/// <param name="To">The state after it.</param>
/// <param name="Operator">Who.</param>
/// <param name="Version">The version of the batch after it.</param>
/// <param name="At">When.</param>
internal sealed record AuditRow(
    string Text, string Hash, int Number, string Previous, string Event, string Outcome, string? From, string? To, string Operator, int Version,
    DateTimeOffset At)
{
    /// <summary>Null when it is none.</summary>
    public static AuditRow? Read(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var row = json.RootElement.GetProperty("row");
            return new AuditRow(row.GetRawText(), Word(json.RootElement, "hash") ?? "", row.GetProperty("number").GetInt32(), Word(row, "previous") ?? "",
                Word(row, "event") ?? "", Word(row, "outcome") ?? "", Word(row, "from"), Word(row, "to"), Word(row, "operator") ?? "",
                row.GetProperty("version").GetInt32(), row.GetProperty("at").GetDateTimeOffset());
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    public override string ToString() => $"row {Number} ({Event} by {Operator} at {At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC)";

    private static string? Word(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
