using System.Text.RegularExpressions;
using DevopsCd.Testing;

namespace DevopsCd.Host.Tests.HouseRules;

/// <summary>A C# or Razor file of ours; comments do not count as code.</summary>
internal sealed partial class SourceFile(string path)
{
    public string Name => Path.GetFileName(path);

    public string RelativePath { get; } = Path.GetRelativePath(Repository.Root, path).Replace('\\', '/');

    public static IEnumerable<SourceFile> Under(string folder) =>
        from path in Directory.EnumerateFiles(folder, "*.*", SearchOption.AllDirectories)
        where path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".razor", StringComparison.Ordinal)
        let file = new SourceFile(path)
        where !BuildOutput().IsMatch(file.RelativePath)
        select file;

    /// <summary>The lines that match, as `path:line: text`.</summary>
    public IEnumerable<string> Lines(Regex pattern) =>
        File.ReadLines(path)
            .Select((text, index) => (text, number: index + 1))
            .Where(line => pattern.IsMatch(Comment().Replace(line.text, "")))
            .Select(line => $"{RelativePath}:{line.number}: {line.text.Trim()}");

    /// <summary>What matches in each line of code.</summary>
    public IEnumerable<Match> Matches(Regex pattern) => File.ReadLines(path).SelectMany(text => pattern.Matches(Comment().Replace(text, "")));

    [GeneratedRegex("/(bin|obj)/")]
    private static partial Regex BuildOutput();

    // A `//` that follows a colon is part of an address.
    [GeneratedRegex(@"(?<!:)//.*$|^\s*\*.*$|@\*.*?\*@")]
    private static partial Regex Comment();
}
