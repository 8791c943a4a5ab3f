using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace DevopsCd.Host.Access.Tokens;

/// <summary>
/// How a token is written: <c>dcd_ID_SECRET</c>. Scanners of repositories find it by its beginning and know it from a likeness by its last six
/// letters, a checksum (CRC-32C) of what stands before them.
/// </summary>
internal static partial class TokenText
{
    public const string Prefix = "dcd_";

    private const string Small = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int IdLength = 12, SecretLength = 43, SumLength = 6;

    /// <summary>A new one: more than 256 random bits.</summary>
    public static (string Id, string Text) New()
    {
        var id = RandomNumberGenerator.GetString(Small, IdLength);
        var text = $"{Prefix}{id}_{RandomNumberGenerator.GetString(Letters, SecretLength)}";
        return (id, text + Sum(text));
    }

    /// <summary>The id of what is written like a token; null for what is not, or was not copied as it is.</summary>
    public static string? IdOf(string text) =>
        Whole().IsMatch(text) && Sum(text[..^SumLength]) == text[^SumLength..] ? text.Substring(Prefix.Length, IdLength) : null;

    /// <summary>Whether something that is written like a token stands anywhere in a text.</summary>
    public static bool IsIn(string text) => Anywhere().IsMatch(text);

    private static string Sum(string text)
    {
        var sum = Encoding.ASCII.GetBytes(text).Aggregate(uint.MaxValue, BitOperations.Crc32C) ^ uint.MaxValue;
        var letters = new char[SumLength];
        for (var i = SumLength - 1; i >= 0; i--, sum /= 62)
            letters[i] = Letters[(int)(sum % 62)];
        return new string(letters);
    }

    [GeneratedRegex("^dcd_[0-9a-z]{12}_[0-9A-Za-z]{49}$")]
    private static partial Regex Whole();

    [GeneratedRegex("dcd_[0-9a-z]{12}_[0-9A-Za-z]{20}")]
    private static partial Regex Anywhere();
}
