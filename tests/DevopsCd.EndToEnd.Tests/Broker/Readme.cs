using System.Runtime.CompilerServices;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>The producers that contracts/README.md offers to copy; the tests run what the page shows.</summary>
internal static class Readme
{
    public static string Contracts { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../../contracts"));

    public static string Sample(string contract) => File.ReadAllText(Path.Combine(Contracts, "examples", $"{contract}.json"));

    /// <summary>Writes the first code block of that language into a file of its own.</summary>
    public static async Task<string> Script(string language, string extension)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Contracts, "README.md"));
        var code = page.Split($"```{language}\n")[1].Split("```")[0];
        var file = Path.Combine(Directory.CreateTempSubdirectory("devopscd-producer-").FullName, $"send{extension}");
        await File.WriteAllTextAsync(file, code);
        return file;
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
