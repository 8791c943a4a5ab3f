using System.Text.RegularExpressions;

namespace DevopsCd.Host.Ui.Texts;

/// <summary>Finds out which sentence of the engine a text is that was kept in English, and what it is about: the words of the sentences are known.</summary>
internal static partial class RecalledSentences
{
    /// <summary>Fewer letters say too little: any text might have them.</summary>
    private const int FewestLetters = 6;

    // What is said in most words first: others may be a part of it.
    private static readonly Known[] s_known =
        [.. SentenceTable.Chinese.Keys.Select(Known.Of).Where(known => known.Letters >= FewestLetters).OrderByDescending(known => known.Letters)
            .ThenByDescending(known => known.Words.Length)];

    /// <returns>The words, with places, and what stands in the places; null for a text that is none of them.</returns>
    public static (string Words, string[] About)? Find(string text)
    {
        foreach (var known in s_known)
            if (text.Contains(known.Part, StringComparison.Ordinal) && known.Pattern.Match(text) is { Success: true } found)
                return (known.Words, [.. found.Groups.Values.Skip(1).Select(group => group.Value)]);
        return null;
    }

    [GeneratedRegex(@"(?<!\{)\{\d+(?::[^}]*)?\}")]
    private static partial Regex Place();

    /// <param name="Words">The words of a sentence.</param>
    /// <param name="Part">The longest piece between its places.</param>
    /// <param name="Pattern">Finds it in what was said.</param>
    /// <param name="Letters">How many letters stand outside of the places.</param>
    private sealed record Known(string Words, string Part, Regex Pattern, int Letters)
    {
        public static Known Of(string words)
        {
            var parts = Place().Split(words)
                .Select(part => part.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal)).ToList();
            return new Known(words, parts.MaxBy(part => part.Length)!,
                new Regex($@"\A{string.Join("(.+?)", parts.Select(Regex.Escape))}\z", RegexOptions.Singleline | RegexOptions.CultureInvariant),
                parts.Sum(part => part.Count(char.IsLetter)));
        }
    }
}
