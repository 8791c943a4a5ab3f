using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DevopsCd.Cli.Texts;
using DevopsCd.Testing;

namespace DevopsCd.Cli.Tests;

public sealed partial class What_people_read_in_Chinese(EmbeddedHost host) : IClassFixture<EmbeddedHost>
{
    [Fact]
    public void Is_the_help_of_every_command() => All(new Cli().Root).SelectMany(command =>
            command.Options.Select(option => option.Description).Concat(command.Arguments.Select(argument => argument.Description)).Append(command.Description))
        .Where(text => text is not null && !Han().IsMatch(Words.Chinese(text))).Distinct().ShouldBeEmpty();

    [Fact]
    public void Is_everything_that_is_said()
    {
        var folder = Repository.PathTo("src", "DevopsCd.Cli");
        var texts = Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Said().Matches(File.ReadAllText(file)).Select(said => FormatOf(said.Groups["text"].Value))).Distinct().ToList();

        texts.Count.ShouldBeGreaterThan(50, "they are found");
        texts.Where(text => Letters().IsMatch(Hole().Replace(text, "")) && ChineseTable.Find(text) is null).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("LC_ALL", "zh_CN.UTF-8", true)]
    [InlineData("LANG", "zh_TW", true)]
    [InlineData("LANG", "de_DE.UTF-8", false)]
    public async Task Is_read_where_the_terminal_says_so(string variable, string locale, bool isChinese)
    {
        using var cli = new Cli().With(variable, locale);

        var (help, wrong) = (await cli.DoAsync("batch", "create", "--help"), await cli.RunAsync("whoami"));

        foreach (var text in (string[])[help, wrong.Error])
            Han().IsMatch(text).ShouldBe(isChinese, text);
        help.ShouldContain(isChinese ? "用法：" : "Usage:");
        help.ShouldContain(isChinese ? "批次用途" : "What the batch is for");
    }

    [Fact]
    public async Task Is_also_what_the_service_refuses_and_what_stands_around_it()
    {
        using var cli = host.Cli();
        cli.With("LANG", "zh_CN.UTF-8");

        var (missing, wrong) = (await cli.RunAsync("batch", "show", "999999"), await cli.RunAsync("api", "POST", "applications", "-d", """{"name":"not a name"}"""));

        (missing.Exit, wrong.Exit).ShouldBe((ExitCodes.Failed, ExitCodes.Usage));
        missing.Error.ShouldStartWith("没有批次 999999。\n  跟踪编号: ");
        wrong.Error.ShouldContain("  name: “not a name”须为 1 到 100 个字母、数字或 . _ -\n");
    }

    /// <summary>As the compiler makes it of an interpolated text: its holes are numbered, and keep how they are written.</summary>
    private static string FormatOf(string text)
    {
        var (format, depth, inside, holes, isFormat) = (new StringBuilder(), 0, 0, 0, false);
        foreach (var letter in text)
        {
            if (letter == '{' && depth++ == 0)
                format.Append('{').Append((holes++).ToString(CultureInfo.InvariantCulture));
            else if (letter == '}' && --depth == 0)
                (_, isFormat) = (format.Append('}'), false);
            else if (depth == 0 || isFormat)
                format.Append(letter);
            else if (depth == 1 && inside == 0 && letter == ':')
                (_, isFormat) = (format.Append(letter), true);
            inside += letter is '(' ? 1 : letter is ')' ? -1 : 0;
        }
        return format.ToString();
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    [GeneratedRegex("""
        (?:\b(?:SayAsync|say|Say|Usage|Unreachable)\(|\(ExitCodes\.\w+,\s*|\(FormattableString\))
        \$"(?<text>(?:\{(?:[^{}]|\{[^{}]*\})*\}|[^"{}])*)"
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Said();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Hole();

    [GeneratedRegex("[A-Za-z]{3}")]
    private static partial Regex Letters();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Han();
}
