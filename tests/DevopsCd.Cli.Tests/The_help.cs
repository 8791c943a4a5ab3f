using System.CommandLine;
using DevopsCd.Testing;

namespace DevopsCd.Cli.Tests;

/// <summary>The help of every command, as it is kept in Help/; DEVOPSCD_UPDATE_HELP=1 writes it anew.</summary>
public sealed class The_help
{
    private static readonly string s_folder = Repository.PathTo("tests", "DevopsCd.Cli.Tests", "Help");

    public static TheoryData<string> Commands => [.. Paths(new Cli().Root, "")];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Is_as_it_was(string path)
    {
        using var cli = new Cli();

        var help = (await cli.DoAsync([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]))
            .Replace("testhost", "devopscd", StringComparison.Ordinal);

        var file = Path.Combine(s_folder, $"{(path.Length == 0 ? "devopscd" : path.Replace(' ', '-'))}.txt");
        if (Environment.GetEnvironmentVariable("DEVOPSCD_UPDATE_HELP") == "1")
            await File.WriteAllTextAsync(file, help, TestContext.Current.CancellationToken);
        help.ShouldBe(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Has_examples_for_every_command_that_does_something() => All(new Cli().Root).OfType<CliCommand>()
        .Where(c => c.Subcommands.Count == 0 && !c.Examples.Any(e => e.Contains($"devopscd {Name(c)}", StringComparison.Ordinal)))
        .Select(Name).ShouldBeEmpty();

    [Fact]
    public void Is_kept_for_no_command_that_is_gone() => Directory.GetFiles(s_folder).Select(Path.GetFileNameWithoutExtension)
        .Except(Paths(new Cli().Root, "").Select(p => p.Length == 0 ? "devopscd" : p.Replace(' ', '-'))).ShouldBeEmpty();

    private static IEnumerable<string> Paths(Command command, string path) =>
        command.Subcommands.SelectMany(c => Paths(c, $"{path} {c.Name}".Trim())).Prepend(path);

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    private static string Name(Command command) => CommandLine.Name(command)["devopscd ".Length..];
}
