using System.Text.RegularExpressions;
using DevopsCd.Testing;

namespace DevopsCd.Host.Tests.HouseRules;

public sealed partial class The_tree
{
    private static readonly string[] s_topLevel =
        ["contracts", "DevopsCd.sln", "Directory.Packages.props", "docker-compose.yml", "global.json", "infra", "README.md", "src", "tests"];

    /// <summary>What running the program or the tests leaves behind; .gitignore holds the same names.</summary>
    private static readonly string[] s_leftBehind = ["artifacts", "data", "TestResults"];

    /// <summary>How many lines are longer than they should be; it is only ever lowered.</summary>
    private const int MostLongLines = 101;

    [Fact]
    public void Has_nothing_else_at_its_top() => Directory.GetFileSystemEntries(Repository.Root)
        .Select(path => Path.GetFileName(path)!)
        .Where(name => !name.StartsWith('.') && !Database().IsMatch(name))
        .Except([.. s_topLevel, .. s_leftBehind])
        .ShouldBeEmpty();

    [Fact]
    public void Names_log_sinks_only_in_the_two_programs() => Sources("src")
        .Where(file => file.Name != "Program.cs")
        .SelectMany(file => file.Lines(Sink()))
        .ShouldBeEmpty();

    [Fact]
    public void Takes_the_time_from_a_TimeProvider() => Sources("src").Concat(Sources("contracts"))
        .SelectMany(file => file.Lines(WallClock()))
        .ShouldBeEmpty();

    [Fact]
    public void Does_not_sleep_in_tests() => Sources("tests")
        .Where(file => file.Name != "The_tree.cs")
        .SelectMany(file => file.Lines(Sleep()))
        .ShouldBeEmpty();

    [Fact]
    public void Leaves_nothing_unfinished() => Sources("src").Concat(Sources("contracts"))
        .SelectMany(file => file.Lines(Unfinished()))
        .ShouldBeEmpty();

    [Fact]
    public void Has_fewer_long_lines_with_each_change()
    {
        var tooLong = Sources("src").Concat(Sources("contracts")).Where(file => !file.RelativePath.Contains("/Migrations/", StringComparison.Ordinal))
            .SelectMany(file => file.Lines(TooLong())).ToList();

        tooLong.Count.ShouldBeLessThanOrEqualTo(MostLongLines, "break the lines that you touch, and lower the number");
        tooLong.ShouldNotContain(line => line.StartsWith("src/Shared/OpenApi/", StringComparison.Ordinal));
    }

    private static IEnumerable<SourceFile> Sources(string top) => SourceFile.Under(Repository.PathTo(top));

    [GeneratedRegex(@"\.db(-shm|-wal)?$")]
    private static partial Regex Database();

    [GeneratedRegex(@"\.WriteTo\b|Serilog\.Sinks|Serilog\.Formatting\.Compact")]
    private static partial Regex Sink();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b")]
    private static partial Regex WallClock();

    [GeneratedRegex(@"\bTask\.Delay\(|\bThread\.Sleep\(")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"^.{161,}$")]
    private static partial Regex TooLong();

    [GeneratedRegex(@"\bNotImplementedException\b")]
    private static partial Regex Unfinished();
}
