using System.Text.RegularExpressions;
using DevopsCd.Testing;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>What the last stage of a Dockerfile says of the image: no image can be built where the tests run.</summary>
internal sealed partial class ContainerImage
{
    private ContainerImage(IReadOnlyList<(string Word, string Text)> lines, string lastStage)
    {
        string Last(string word) => lines.Last(line => line.Word == word).Text;
        Stages = [.. lines.Where(line => line.Word == "FROM").Select(line => line.Text)];
        Copied = [.. lines.Where(line => line.Word == "COPY" && !line.Text.StartsWith("--", StringComparison.Ordinal))
            .SelectMany(line => line.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..^1]).Select(path => path.TrimEnd('/'))];
        Entrypoint = [.. Quoted().Matches(Last("ENTRYPOINT")).Select(word => word.Groups["text"].Value)];
        (User, Folder, Port) = (Last("USER"), Last("WORKDIR"), int.Parse(Last("EXPOSE"), System.Globalization.CultureInfo.InvariantCulture));
        Variables = Variable().Matches(lastStage).ToDictionary(v => v.Groups["name"].Value, v => v.Groups["quoted"].Success
            ? v.Groups["quoted"].Value : v.Groups["plain"].Value, StringComparer.Ordinal);
    }

    /// <summary>What each stage begins from.</summary>
    public IReadOnlyList<string> Stages { get; }

    /// <summary>What the build stage is given of the tree.</summary>
    public IReadOnlyList<string> Copied { get; }

    public IReadOnlyList<string> Entrypoint { get; }

    public string User { get; }

    /// <summary>Where the program is, and where it runs.</summary>
    public string Folder { get; }

    public int Port { get; }

    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>Reads <c>infra/docker/NAME.Dockerfile</c>.</summary>
    public static async Task<ContainerImage> ReadAsync(string name)
    {
        var text = await File.ReadAllTextAsync(Repository.PathTo("infra", "docker", $"{name}.Dockerfile"));
        List<(string Word, string Text)> lines = [.. text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            .Where(line => line.Length > 0 && char.IsAsciiLetterUpper(line[0])).Select(line => line.Split(' ', 2)).Select(line => (line[0], line[1].Trim()))];
        var last = lines.FindLastIndex(line => line.Word == "FROM");
        return new(lines, string.Join(' ', lines.Skip(last).Where(line => line.Word == "ENV").Select(line => line.Text)));
    }

    [GeneratedRegex(@"""(?<text>[^""]*)""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(?<name>\w+)=(""(?<quoted>[^""]*)""|(?<plain>\S*))")]
    private static partial Regex Variable();
}
