using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace DevopsCd.Core.Data;

/// <summary>Where a list goes on: opaque to whoever passes it back.</summary>
internal static class Cursor
{
    public static string Of(long id) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(id.ToString(CultureInfo.InvariantCulture)));

    /// <summary>False when the text is no cursor of ours.</summary>
    public static bool TryRead(string text, out long id)
    {
        id = 0;
        Span<byte> bytes = stackalloc byte[32];
        return text.Length <= 40 && Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, bytes, out var count)
            && long.TryParse(Encoding.ASCII.GetString(bytes[..count]), NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }
}
