using System.Globalization;
using System.Text;

namespace DevopsCd.Shared;

/// <summary>Text of strangers as a log may show it: it stays on its line, moves no cursor and turns no direction of writing.</summary>
internal static class PrintableText
{
    /// <summary>
    /// Writes what cannot be seen as its code: <c>\n</c>, <c>\u001B</c>, <c>\u202E</c>. The result may stand inside a JSON string if the text
    /// could. The two joiners that words and emoji need stay.
    /// </summary>
    public static string Of(string text)
    {
        var first = 0;
        while (first < text.Length && !IsHidden(text, first))
            first++;
        if (first == text.Length)
            return text;

        var printable = new StringBuilder(text, 0, first, text.Length + 16);
        for (var i = first; i < text.Length; i++)
            if (!IsHidden(text, i))
                printable.Append(text[i]);
            else if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                printable.Append(Code(text[i])).Append(Code(text[++i]));
            else
                printable.Append(Code(text[i]));
        return printable.ToString();
    }

    private static bool IsHidden(string text, int index)
    {
        if (char.IsLowSurrogate(text[index]) && index > 0 && char.IsHighSurrogate(text[index - 1]))
            return false;
        return text[index] is not ('\u200C' or '\u200D') && CharUnicodeInfo.GetUnicodeCategory(text, index)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate;
    }

    private static string Code(char hidden) => hidden switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => $"\\u{(int)hidden:X4}"
    };
}
