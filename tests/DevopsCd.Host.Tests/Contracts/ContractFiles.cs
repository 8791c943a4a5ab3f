using System.Runtime.CompilerServices;

namespace DevopsCd.Host.Tests.Contracts;

/// <summary>The folder <c>contracts/</c>; with <c>DEVOPSCD_UPDATE_CONTRACTS=1</c> the tests write what they would otherwise compare.</summary>
internal static class ContractFiles
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../../contracts"));

    private static bool Update => Environment.GetEnvironmentVariable("DEVOPSCD_UPDATE_CONTRACTS") == "1";

    public static string Read(string path) => File.ReadAllText(Path.Combine(Folder, path));

    public static void ShouldHold(string path, string expected)
    {
        var file = Path.Combine(Folder, path);
        if (Update)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, expected);
        }

        (File.Exists(file) ? File.ReadAllText(file) : "").ShouldBe(
            expected, $"contracts/{path} differs from the types; write it anew with DEVOPSCD_UPDATE_CONTRACTS=1 and read the difference");
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
