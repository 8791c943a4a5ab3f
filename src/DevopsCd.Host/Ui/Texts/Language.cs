using Microsoft.Net.Http.Headers;

namespace DevopsCd.Host.Ui.Texts;

/// <summary>A language of the pages.</summary>
public enum Language
{
    English,
    Chinese
}

/// <summary>Which language a reader gets.</summary>
internal static class Languages
{
    public const string Cookie = "language";
    private const string ChineseCode = "zh", EnglishCode = "en";

    /// <summary>The language's code as HTML and cookies have it.</summary>
    public static string Code(this Language language) => language == Language.Chinese ? ChineseCode : EnglishCode;

    /// <summary>Null for a code that is none of ours.</summary>
    public static Language? Find(string? code) => code switch { ChineseCode => Language.Chinese, EnglishCode => Language.English, _ => null };

    /// <summary>What the reader has chosen, else what the browser prefers, else English.</summary>
    public static Language Of(HttpRequest request) =>
        Find(request.Cookies[Cookie]) ?? Asked(request);

    /// <summary>What the program that asks prefers, else English.</summary>
    public static Language Asked(HttpRequest request) =>
        request.GetTypedHeaders().AcceptLanguage.OrderByDescending(accepted => accepted.Quality ?? 1)
            .Select(Accepted).FirstOrDefault(language => language is not null) ?? Language.English;

    /// <summary>The texts in that language.</summary>
    public static TextTable Texts(this HttpRequest request) => new(Of(request));

    private static Language? Accepted(StringWithQualityHeaderValue accepted) => Find(accepted.Value.Value?.Split('-')[0].ToLowerInvariant());
}
