using System.Text;

namespace DevopsCd.Core.Notifications.Composing;

/// <summary>
/// For services whose markdown has no documented escape: characters that could begin markup or a mention
/// are replaced by their full-width twins, which read the same and do nothing.
/// </summary>
internal static class FullWidthEscaper
{
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
            escaped.Append(c is '<' or '>' or '@' or '[' or ']' or '*' or '`' or '#' or '!' or '|' or '~' ? (char)(c + 0xFEE0) : c);
        return escaped.ToString();
    }
}
