using System.Diagnostics;

namespace DevopsCd.Testing;

/// <summary>Programs of servers that tests start themselves, run as the account that the distribution has for them.</summary>
internal static class ServerProgram
{
    /// <summary>Where the newest PostgreSQL of this machine has one of its programs.</summary>
    public static string OfPostgres(string program) =>
        Path.Combine(Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last(), "bin", program);

    /// <summary>The caller owns what he makes, unless he is root: servers do not run as root.</summary>
    public static Task GiveToAsync(string account, string folder) =>
        Environment.UserName == "root" ? RunAsync("chown", "-R", $"{account}:", folder) : Task.CompletedTask;

    public static Task RunAsAsync(string account, string program, params string[] arguments) => Environment.UserName == "root"
        ? RunAsync("runuser", ["-u", account, "--", program, .. arguments])
        : RunAsync(program, arguments);

    /// <exception cref="InvalidOperationException">It did not end with 0.</exception>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        // A server inherits what its starter has open: nothing is redirected that somebody would then wait for.
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = "/", RedirectStandardInput = true })!;
        process.StandardInput.Close();
        await process.WaitForExitAsync().ConfigureAwait(false);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
