using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace DevopsCd.Core.Releases;

/// <summary>
/// What is said to people: English words with places, and what stands in the places. It is written as an interpolated string, and is English wherever
/// text is wanted; whoever tells it in another language looks up the words and puts the same things in.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Sentence
{
    private readonly StringBuilder _words;
    private readonly List<object?> _about;
    private readonly IReadOnlyList<Sentence>? _parts;
    private readonly string _between = "";

    /// <summary>Called by the compiler, for an interpolated string.</summary>
    public Sentence(int literalLength, int formattedCount) => (_words, _about) = (new StringBuilder(literalLength), new List<object?>(formattedCount));

    private Sentence(IReadOnlyList<Sentence> parts, string between) : this(0, 0) => (_parts, _between) = (parts, between);

    /// <summary>The words, with places as <see cref="string.Format(IFormatProvider, string, object[])" /> has them.</summary>
    public string Words => _words.ToString();

    /// <summary>What somebody else has said, in their words.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static Sentence? Quote(string? text) => text is null ? null : (Sentence)$"{text}";

    /// <summary>Several sentences after each other.</summary>
    public static Sentence Join(IEnumerable<Sentence> parts, string between = "; ") => new([.. parts], between);

    public void AppendLiteral(string words) => _words.Append(words.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    public void AppendFormatted<T>(T about, string? format = null)
    {
        _words.Append(CultureInfo.InvariantCulture, $"{{{_about.Count}{(format is null ? "" : $":{format}")}}}");
        _about.Add(about);
    }

    /// <summary>The same in another language; words that it does not have stay English.</summary>
    /// <param name="translation">Words for words, with the same places.</param>
    /// <param name="formats">Writes what stands in the places, which may ask for formats that only it knows.</param>
    public string In(Func<string, string?> translation, IFormatProvider formats) => _parts is not null
        ? string.Join(_between, _parts.Select(part => part.In(translation, formats)))
        : string.Format(formats, translation(Words) ?? Words, [.. _about.Select(one => one is Sentence inner ? inner.In(translation, formats) : one)]);

    public override string ToString() => In(_ => null, CultureInfo.InvariantCulture);

    /// <summary>Words with no places.</summary>
    [return: NotNullIfNotNull(nameof(words))]
    public static implicit operator Sentence?(string? words)
    {
        if (words is null)
            return null;
        var sentence = new Sentence(words.Length, 0);
        sentence.AppendLiteral(words);
        return sentence;
    }

    [return: NotNullIfNotNull(nameof(sentence))]
    public static implicit operator string?(Sentence? sentence) => sentence?.ToString();
}
