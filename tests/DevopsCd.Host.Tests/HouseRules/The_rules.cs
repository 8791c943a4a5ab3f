using System.Text.RegularExpressions;
using DevopsCd.Testing;

namespace DevopsCd.Host.Tests.HouseRules;

/// <summary>Rules and invariants are cited by number all over the tree; `infra/rules.md` says what each is.</summary>
public sealed partial class The_rules
{
    private static readonly string[] s_places = ["src", "contracts", "tests", "infra", "README.md"];

    [Fact]
    public void Are_explained_wherever_they_are_cited()
    {
        var explained = Explained().Matches(File.ReadAllText(Repository.PathTo("infra", "rules.md"))).Select(m => m.Groups[1].Value).ToHashSet();

        var dangling = Texts().SelectMany(file => Cited().Matches(File.ReadAllText(file)).Select(m => (File: file, Rule: m.Value)))
            .Where(citation => !explained.Contains(citation.Rule)).Select(citation => $"{citation.Rule} in {citation.File}").Distinct();

        explained.Count.ShouldBe(25 + 14);
        dangling.ShouldBeEmpty();
    }

    /// <summary>The specification is not in this repository: a reference to its paragraphs would lead nowhere.</summary>
    [Fact]
    public void Are_cited_from_the_page_in_the_tree() =>
        Texts().Where(file => !file.EndsWith("The_rules.cs", StringComparison.Ordinal) && Paragraph().IsMatch(File.ReadAllText(file))).ShouldBeEmpty();

    private static IEnumerable<string> Texts() =>
        from place in s_places.Select(place => Repository.PathTo(place))
        from file in File.Exists(place) ? [place] : Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories)
        where Path.GetExtension(file) is ".cs" or ".md" or ".razor" && !Output().IsMatch(file.Replace('\\', '/'))
        select file;

    [GeneratedRegex(@"^\| ([RI]\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Explained();

    [GeneratedRegex(@"(?<![\w.#-])[RI]\d{1,2}(?![\w-])")]
    private static partial Regex Cited();

    [GeneratedRegex(@"[Ss]pec(ification)? §")]
    private static partial Regex Paragraph();

    [GeneratedRegex("/(bin|obj|artifacts)/")]
    private static partial Regex Output();
}
