using System.Diagnostics;

namespace DevopsCd.Cli.Tests;

/// <summary>Runs lines by bash, with <c>devopscd</c> as the built program and a home of their own.</summary>
internal static class CommandShell
{
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "DevopsCd.Cli.dll");

    public static async Task<Cli.Run> RunAsync(string commands, IReadOnlyDictionary<string, string>? variables = null)
    {
        var home = Directory.CreateTempSubdirectory("devopscd-cli-").FullName;
        var start = new ProcessStartInfo("bash")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = home
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"set -e\ndevopscd() {{ dotnet exec '{Program}' \"$@\"; }}\n{commands}");
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.Ordinal)
            || k.StartsWith("DEVOPSCD", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["HOME"] = home;
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Directory.Delete(home, recursive: true);
        return new Cli.Run(process.ExitCode, await output, await error);
    }
}
