using System.Text.RegularExpressions;
using DevopsCd.EndToEnd.Tests.Broker;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.EndToEnd.Tests;

/// <summary>README.md as a newcomer reads it: its commands, run as they stand there, and the answers it shows.</summary>
public sealed partial class The_quick_start_of_the_readme
{
    // The page's ten seconds are enough on an idle machine; here they last until the stage is over.
    private const string Patience =
        """
        set -eo pipefail
        sleep() { for i in $(seq 300); do ! curl -sf "$A/api/v1/batches/1" | grep -qE '"state":(22|32|40),' || return 0; command sleep 0.2; done; }

        """;

    [Fact]
    public async Task Carries_a_batch_to_its_acceptance_with_the_answers_it_shows()
    {
        await using var host = await HostProcess.StartNewAsync("readme", HostSettings.Embedded().With("core__storage__sample_catalogue", "true"));
        var page = await File.ReadAllTextAsync(Repository.PathTo("README.md"));
        var lines = Console().Match(page).Groups["lines"].Value.TrimEnd().Split('\n');
        var commands = string.Join('\n', lines.Where((line, i) => IsCommand(lines, i)).Select(line => Prompt().Replace(line, "")));
        var shown = lines.Where((_, i) => !IsCommand(lines, i)).ToList();
        commands.ShouldStartWith("A=http://127.0.0.1:5080\n");
        var address = host.BaseUrl.ToString().TrimEnd('/');

        var answers = (await Command.Run("bash", [], Patience + commands.Replace("http://127.0.0.1:5080", address))).Split('\n',
            StringSplitOptions.RemoveEmptyEntries);

        answers.Length.ShouldBe(5);
        foreach (var (answer, expected) in answers.Zip(shown))
            Regex.IsMatch(answer, Expected(expected)).ShouldBeTrue($"the page shows {expected}, the host answered {answer}");
        shown.Count.ShouldBe(answers.Length);
        (await new CdApi(host.Http).Batch(1)).State.ShouldBe(40);
        // "It prints these lines with its address".
        foreach (var line in Continued().Replace(commands, "").Split('\n').Skip(1))
            host.LogTail.ShouldContain(line.Replace("$A", address));
    }

    [Fact]
    public async Task Scripts_a_deployment_that_fails_once()
    {
        await using var host = await HostProcess.StartNewAsync("readme", HostSettings.Embedded().With("core__storage__sample_catalogue", "true"));
        var page = await File.ReadAllTextAsync(Repository.PathTo("README.md"));
        var command = ScriptedTarget().Match(page).Value;

        await Command.Run("bash", [], $"set -e\nA={host.BaseUrl.ToString().TrimEnd('/')}\n{command.Replace("curl ", "curl -sf ")}");

        var api = CdApi.Patient(host.Http);
        var batch = (await api.CreateBatch("scripted", null, ["web-shop"])).Expect().Body.GetProperty("id").GetInt64();
        foreach (var batchEvent in (string[])["approve", "confirm_tag"])
            (await api.Raise(batch, batchEvent)).Expect();
        var failed = await Eventually.Sees(() => api.Batch(batch), b => b.Body.GetProperty("autoDeployBlocked").GetBoolean(), "its pre-deploy has failed",
            TimeSpan.FromMinutes(2));
        (failed.State, failed.Body.GetProperty("preAttempt").GetInt32()).ShouldBe((11, 1));
        (await api.Raise(batch, "start_pre_deploy")).Expect();
        await Eventually.Sees(() => api.Batch(batch), b => b.State == 22, "its second one succeeds", TimeSpan.FromMinutes(2));
    }

    // A line that ends with a backslash goes on in the next.
    private static bool IsCommand(string[] lines, int line) =>
        lines[line].StartsWith("$ ", StringComparison.Ordinal) || (line > 0 && lines[line - 1].EndsWith('\\'));

    // What the page abbreviates, and the day it was written on, may be anything.
    private static string Expected(string shown) => $"^{Day().Replace(Regex.Escape(shown).Replace("…", ".*"), "B[0-9]{8}-")}$";

    [GeneratedRegex("```console\n(?<lines>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Console();

    [GeneratedRegex("^\\$ ")]
    private static partial Regex Prompt();

    [GeneratedRegex("\\\\\n *")]
    private static partial Regex Continued();

    [GeneratedRegex("B[0-9]{8}-")]
    private static partial Regex Day();

    [GeneratedRegex("^curl -X PUT [^`]*?'$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ScriptedTarget();
}
