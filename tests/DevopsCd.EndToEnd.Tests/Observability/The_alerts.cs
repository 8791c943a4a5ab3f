using System.Text.RegularExpressions;
using DevopsCd.Testing;

namespace DevopsCd.EndToEnd.Tests.Observability;

public sealed partial class The_alerts
{
    [Fact]
    public async Task Fire_and_resolve_as_their_tests_say()
    {
        var (read, doubts) = await PrometheusServer.PromtoolAsync("check", "rules", "alerts.yml", "recording.yml");
        read.ShouldBe(0, doubts);
        var (tested, said) = await PrometheusServer.PromtoolAsync("test", "rules", "alerts.test.yml");
        tested.ShouldBe(0, said);
    }

    [Fact]
    public async Task Have_a_test_that_sees_them_fire_and_an_entry_in_the_runbook()
    {
        var folder = Repository.PathTo("infra", "observability");
        var rules = await File.ReadAllTextAsync(Path.Combine(folder, "rules", "alerts.yml"));
        var tests = await File.ReadAllTextAsync(Path.Combine(folder, "rules", "alerts.test.yml"));
        var runbook = await File.ReadAllTextAsync(Path.Combine(folder, "runbook.md"));
        var names = Alert().Matches(rules).Select(match => match.Groups[1].Value).ToList();

        names.Count.ShouldBeGreaterThan(10);
        names.Where(name => !tests.Contains($"alertname: {name}\n        exp_alerts:\n", StringComparison.Ordinal)).ShouldBeEmpty("no test sees it fire");
        names.Where(name => !tests.Contains($"alertname: {name}\n        exp_alerts: []\n", StringComparison.Ordinal)).ShouldBeEmpty("no test sees it silent");
        names.Where(name => !runbook.Contains($"\n## {name}\n", StringComparison.Ordinal)).ShouldBeEmpty("not in the runbook");
        names.Where(name => !rules.Contains($"runbook.md#{name.ToLowerInvariant()}\n", StringComparison.Ordinal)).ShouldBeEmpty("does not lead to the runbook");
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();
}
