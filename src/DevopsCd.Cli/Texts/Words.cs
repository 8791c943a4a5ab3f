using System.Globalization;
using System.Text.RegularExpressions;

namespace DevopsCd.Cli.Texts;

/// <summary>What people read, in the language of their terminal: Chinese where its locale says so, else English.</summary>
internal sealed partial class Words(bool isChinese)
{
    /// <summary>By the variables of the locale, the strongest first.</summary>
    public static Words Of(Func<string, string?> variable) =>
        new((variable("LC_ALL") ?? variable("LC_MESSAGES") ?? variable("LANG"))?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>As programs name it, for the service: it says what it refuses in that language.</summary>
    public string Language => isChinese ? "zh" : "en";

    /// <summary>What stands in the gaps is put in as it is, unless it is such a text itself.</summary>
    public string Say(FormattableString text) => string.Format(CultureInfo.InvariantCulture,
        (isChinese ? ChineseTable.Find(text.Format) : null) ?? text.Format,
        [.. text.GetArguments().Select(part => part is FormattableString inner ? Say(inner) : part)]);

    /// <summary>Translates a help, in which each description stands at the end of its line.</summary>
    /// <param name="help">As the library has written it.</param>
    /// <param name="descriptions">What is described in it.</param>
    public string Help(string help, IEnumerable<string> descriptions)
    {
        if (!isChinese)
            return help;
        foreach (var english in descriptions.OrderByDescending(text => text.Length))
            help = Regex.Replace(help, $@"(?<=^|  ){Regex.Escape(english)}(?=$| \[| \()", _ => Chinese(english), RegexOptions.Multiline);
        return Title().Replace(help, title => title.Value switch
        {
            "Description:" => "说明：",
            "Usage:" => "用法：",
            "Arguments:" => "参数：",
            "Options:" => "选项：",
            "Commands:" => "命令：",
            _ => "示例："
        });
    }

    /// <summary>The longest line of a help: what is translated keeps its own.</summary>
    public int HelpWidth => isChinese ? 1000 : 120;

    /// <summary>A description in Chinese; as it is where there is none.</summary>
    public static string Chinese(string english)
    {
        const string Repeated = "; can be repeated";
        return english.EndsWith(Repeated, StringComparison.Ordinal)
            ? string.Format(CultureInfo.InvariantCulture, ChineseTable.Find("{0}" + Repeated)!, Chinese(english[..^Repeated.Length]))
            : ChineseTable.Find(english) ?? english;
    }

    [GeneratedRegex("^(Description|Usage|Arguments|Options|Commands|Examples):", RegexOptions.Multiline)]
    private static partial Regex Title();
}
