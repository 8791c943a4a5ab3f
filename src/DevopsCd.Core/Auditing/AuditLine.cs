using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DevopsCd.Contracts;
using DevopsCd.Shared;

namespace DevopsCd.Core.Auditing;

/// <summary>
/// A row of the audit as text: a JSON object in the canonical form of RFC 8785, so that whoever has the same row has the same hash, in any
/// language and for ever. What is null is left out.
/// </summary>
internal static class AuditLine
{
    /// <summary>SHA-256 of the text in hexadecimal.</summary>
    public static string HashOf(BatchEvent row) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Of(row))));

    public static string Of(BatchEvent row)
    {
        var members = new (string Name, object? Value)[]
        {
            // Databases keep microseconds.
            ("at", row.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)),
            ("batch", row.BatchCorrelationId.ToString("D")),
            ("batchId", row.BatchId),
            ("detail", row.Detail),
            ("event", row.Event),
            ("from", row.FromState),
            ("messageId", row.MessageId?.ToString("D")),
            ("number", row.Number),
            ("operator", row.Operator),
            ("outcome", EnumNames<EventOutcome>.Of(row.Outcome)),
            ("previous", row.PreviousHash),
            ("reason", row.Reason),
            ("refusalKind", row.RefusalKind is { } kind ? EnumNames<RefusalKind>.Of(kind) : null),
            ("requestHash", row.RequestHash),
            ("source", row.Source),
            ("subject", row.Subject),
            ("to", row.ToState),
            ("version", row.Version)
        };
        var text = new StringBuilder("{");
        foreach (var (name, value) in members.Where(member => member.Value is not null))
        {
            if (text.Length > 1)
                text.Append(',');
            text.Append('"').Append(name).Append("\":");
            if (value is string words)
                Quote(text, words);
            else
                text.Append(CultureInfo.InvariantCulture, $"{value}");
        }
        return text.Append('}').ToString();
    }

    /// <summary>RFC 8785, 3.2.2.2: what has to be escaped is, and nothing else.</summary>
    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var letter in value)
            _ = letter switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\t' => text.Append("\\t"),
                '\n' => text.Append("\\n"),
                '\f' => text.Append("\\f"),
                '\r' => text.Append("\\r"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => text.Append(letter)
            };
        text.Append('"');
    }
}
