using System.Text;

namespace DevopsCd.Core.Notifications.Composing;

/// <summary>How long a body is for a service that takes the JSON apart and writes it anew.</summary>
internal static class ServiceSize
{
    private const int Escape = 6;

    /// <summary>Bytes of a text in UTF-8, for limits that count the text alone.</summary>
    public static int OfText(byte[] text) => text.Length;

    /// <summary>
    /// The larger of two ways in which services store a card: as UTF-16, or as JSON in ASCII, where a Chinese character is six bytes
    /// (<c>\uXXXX</c>) and so is a character that some writers escape. Never less than the bytes that were sent.
    /// </summary>
    public static int Rewritten(byte[] json)
    {
        var (characters, ascii) = (0, 0);
        foreach (var rune in Encoding.UTF8.GetString(json).EnumerateRunes())
        {
            characters += rune.Utf16SequenceLength;
            ascii += rune.IsAscii && (char)rune.Value is not ('<' or '>' or '&' or '\'' or '+') ? 1 : Escape * rune.Utf16SequenceLength;
        }
        return Math.Max(2 * characters, ascii);
    }
}
