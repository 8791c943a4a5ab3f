using System.Diagnostics;
using System.Text.RegularExpressions;
using DevopsCd.Testing;

namespace DevopsCd.Cli.Tests;

/// <summary>README.md of the command line as a newcomer reads it: its commands, run by a shell as they stand there.</summary>
public sealed partial class The_page_of_the_command_line(EmbeddedHost host) : IClassFixture<EmbeddedHost>
{
    private static readonly string s_page = File.ReadAllText(Repository.PathTo("src", "DevopsCd.Cli", "README.md"));

    [Fact]
    public async Task Carries_a_batch_to_its_acceptance()
    {
        // The page's batch is the first one of its host.
        await using var own = new EmbeddedHost();
        await own.InitializeAsync();
        var commands = Story().Match(s_page).Groups["lines"].Value.Replace("$ ", "", StringComparison.Ordinal);

        var run = await CommandShell.RunAsync(commands.Replace("http://127.0.0.1:5080", own.Process.BaseUrl.ToString().TrimEnd('/'), StringComparison.Ordinal));

        run.Exit.ShouldBe(ExitCodes.Ok, run.Error);
        run.Out.ShouldContain("web-shop");
        run.Out.ShouldMatch("State: +40 FinalAccepted");
        run.Error.ShouldContain("pre_deploy_completed, now PreDeployed");
    }

    [Fact]
    public async Task Names_every_exit_code()
    {
        var named = Codes().Matches(s_page).Select(m => int.Parse(m.Groups["code"].Value, System.Globalization.CultureInfo.InvariantCulture));

        named.ShouldBe([ExitCodes.Ok, ExitCodes.Failed, ExitCodes.Usage, ExitCodes.TimedOut, ExitCodes.NotAllowed, ExitCodes.Refused, ExitCodes.Unreachable,
            ExitCodes.Interrupted]);
        (await CommandShell.RunAsync("devopscd batch aprove 1")).Exit.ShouldBe(ExitCodes.Usage);
    }

    [Fact]
    public async Task Interrupts_a_watch_and_not_the_batch()
    {
        using var cli = host.Cli();
        var batch = await host.BatchAsync("""{"type":"rolling","simulate":{"duration":"1h"}}""");
        await cli.DoAsync("batch", "approve", batch);
        await cli.DoAsync("batch", "seal", batch);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in (string[])["exec", CommandShell.Program, "batch", "watch", batch, "--follow", "--server", host.Process.BaseUrl.ToString()])
            start.ArgumentList.Add(argument);
        using var watching = Process.Start(start)!;
        var first = await watching.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);

        using (var interrupt = Process.Start("kill", ["-INT", $"{watching.Id}"]))
            await interrupt.WaitForExitAsync(TestContext.Current.CancellationToken);
        var rest = await watching.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await watching.WaitForExitAsync(TestContext.Current.CancellationToken);

        first!.ShouldStartWith(batch);
        watching.ExitCode.ShouldBe(ExitCodes.Interrupted);
        rest.ShouldContain("what the service has begun goes on");
    }

    [GeneratedRegex("```console\n(?<lines>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Story();

    [GeneratedRegex("^\\| (?<code>[0-9]+) \\|", RegexOptions.Multiline)]
    private static partial Regex Codes();
}
