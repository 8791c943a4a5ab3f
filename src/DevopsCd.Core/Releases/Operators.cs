using System.Text;
using DevopsCd.Shared;

namespace DevopsCd.Core.Releases;

/// <summary>Names in the audit that are no person's.</summary>
internal static class Operators
{
    /// <summary>The engine itself.</summary>
    public const string Engine = "engine";

    /// <summary>A deploy system that gave no name.</summary>
    public const string DeploySystem = "deploy-system";

    /// <summary>The kind of all system identities, as in <c>system:engine</c>.</summary>
    private const string Kind = "system";

    /// <summary>What stands where bytes were no text.</summary>
    private const char Unreadable = '\uFFFD';

    /// <summary>A letter of another script or with a mark that is not in the table: it may stand for any.</summary>
    private const char Foreign = '?';

    // Letters that a reader takes for a Latin one of the names above, and what people write for them. l, 1 and i are taken for each other.
    private static readonly Dictionary<char, char> s_alike = new[]
    {
        ('d', "ԁɗժ"), ('e', "еҽєεɛ℮3ΕЕ"), ('g', "ɡցԍɢ9"), ('i', "іιl1ɩı|ӏǀ!ɪΙІ"), ('m', "мϻΜМ"), ('n', "ոռпηɴΝ"), ('o', "оοօ0ΟО"), ('p', "рρϼΡР"),
            ('s', "ѕ5ꜱ$Ѕ"), ('t', "тτΤТ"), ('y', "уγүყʏΥУ")
    }.SelectMany(letter => letter.Item2.Select(alike => (alike, letter.Item1))).ToDictionary();

    private static readonly System.Buffers.SearchValues<char> s_colons = System.Buffers.SearchValues.Create(":\uFF1A\u2236\uA789\uFE55");
    private static readonly string[] s_system = [.. new[] { Engine, DeploySystem, Kind }.Select(Skeleton)];

    /// <summary>Whether a reader would take the name for a system identity: it is one, or only looks like one.</summary>
    public static bool LooksLikeSystem(string name) =>
        Array.Exists(s_system, system => IsTakenFor(system, Skeleton(name)))
        || (name.AsSpan().IndexOfAny(s_colons) is var end and >= 0 && IsTakenFor(Skeleton(Kind), Skeleton(name[..end])));

    /// <summary>A name that can be read as it is written and is taken for a person's.</summary>
    public static bool IsPerson(string? name) =>
        !string.IsNullOrWhiteSpace(name) && PrintableText.Of(name) == name && !name.Contains(Unreadable) && !LooksLikeSystem(name);

    private static bool IsTakenFor(string system, string skeleton) =>
        skeleton.Length == system.Length
        && skeleton.Count(letter => letter == Foreign) * 2 <= system.Length
        && skeleton.Zip(system).All(pair => pair.First == pair.Second || pair.First == Foreign);

    /// <summary>What is left for the eye: letters and digits, without case, marks and signs, each as the Latin letter it is taken for.</summary>
    private static string Skeleton(string name)
    {
        var skeleton = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
            if (Rune.IsLetterOrDigit(rune) || s_alike.ContainsKey(Plain(rune)))
                skeleton.Append(Latin(Plain(rune)));
        return skeleton.Replace("rn", "m").ToString();
    }

    private static char Latin(char plain)
    {
        var letter = char.ToLowerInvariant(s_alike.GetValueOrDefault(plain, plain));
        letter = s_alike.GetValueOrDefault(letter, letter);
        return char.IsAscii(letter) ? letter : Foreign;
    }

    // By hand: where .NET runs without ICU it normalizes nothing.
    private static char Plain(Rune rune) => rune.Value switch
    {
        >= 0xFF01 and <= 0xFF5E => (char)(rune.Value - 0xFEE0), // full width
        >= 0x24B6 and <= 0x24CF => (char)('a' + (rune.Value - 0x24B6)), // circled
        >= 0x24D0 and <= 0x24E9 => (char)('a' + (rune.Value - 0x24D0)),
        >= 0x1D400 and <= 0x1D6A3 => (char)('a' + ((rune.Value - 0x1D400) % 26)), // mathematical alphabets
        >= 0x1D7CE and <= 0x1D7FF => (char)('0' + ((rune.Value - 0x1D7CE) % 10)),
        _ => rune.IsBmp ? (char)rune.Value : Foreign
    };
}
