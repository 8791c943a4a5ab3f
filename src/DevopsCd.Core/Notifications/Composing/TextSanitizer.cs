using System.Globalization;
using System.Text;

namespace DevopsCd.Core.Notifications.Composing;

/// <summary>Text of people and programs on its way into a message.</summary>
internal static class TextSanitizer
{
    /// <summary>One line of at most <paramref name="longest" /> characters, without control and direction characters.</summary>
    public static string Clip(string? text, int longest)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var line = new StringBuilder(Math.Min(text.Length, longest + 1));
        foreach (var rune in text.EnumerateRunes())
        {
            // Direction overrides could make a line read as something else; line breaks could start a heading or a list.
            var blank = Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) ||
                Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            if (blank && (line.Length == 0 || line[^1] == ' '))
                continue;
            if (line.Length + rune.Utf16SequenceLength > longest)
                return line.Append('…').ToString();
            if (blank)
                line.Append(' ');
            else
                line.Append(rune.ToString());
        }
        return line.ToString().TrimEnd();
    }
}
