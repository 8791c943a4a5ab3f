using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using DevopsCd.Core.Access;
using DevopsCd.Core.Changes;

namespace DevopsCd.Host.Live;

/// <summary>A change as it is sent: written once, whoever follows.</summary>
/// <param name="Cursor">Its place among all changes.</param>
/// <param name="BatchId">The batch.</param>
/// <param name="Projects">The projects of the batch.</param>
/// <param name="Frame">The server-sent event.</param>
internal sealed record LiveChange(long Cursor, long BatchId, IReadOnlyCollection<string> Projects, byte[] Frame)
{
    /// <summary>The type of the events that tell a change.</summary>
    public const string EventType = "change";

    /// <summary>Whether somebody sees the batch: who sees all of its projects.</summary>
    public bool IsIn(Visible visible) => visible.All || Projects.All(visible.Contains);

    public static LiveChange Of(ToldChange change, JsonSerializerOptions json)
    {
        var frame = new ArrayBufferWriter<byte>();
        frame.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {change.View.Cursor}\nevent: {EventType}\ndata: ")));
        // On one line: JSON writes line breaks in texts as \n.
        using (var writer = new Utf8JsonWriter(frame))
            JsonSerializer.Serialize(writer, change.View, json);
        frame.Write("\n\n"u8);
        return new LiveChange(change.View.Cursor, change.View.BatchId, change.Projects, frame.WrittenSpan.ToArray());
    }
}
