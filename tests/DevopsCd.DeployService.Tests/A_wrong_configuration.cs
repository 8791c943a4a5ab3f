using System.Diagnostics;

namespace DevopsCd.DeployService.Tests;

public sealed class A_wrong_configuration
{
    [Fact]
    public async Task Stops_the_start_with_one_message_that_names_every_wrong_key()
    {
        var broken = Path.GetTempFileName();
        await File.WriteAllTextAsync(broken, "clusters: [");

        var (exit, output, error) = await StartAsync(
            ("clusters__far__kubeconfig", broken), ("clusters__far__namespaces__0", "shop"), ("clusters__far__call_timeout", "soon"),
                ("clusters__near__in_cluster", "maybe"),
            ("keys__0__name", "engine"), ("keys__0__sha256", "the-key-itself"), ("keys__0__clusters__0", "mars"), ("keys__0__namespaces__0", "*"),
            ("callback__kind", "rabbitmq"), ("callback__url", "http://user:hidden@host/"), ("limits__requests_per_second", "0"), ("rollout__workers", "many"),
                ("rolout__helm", "helm4"));

        exit.ShouldBe(2);
        output.ShouldBeEmpty();
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        lines[0].ShouldBe("The configuration is wrong:");
        foreach (var told in new[]
        {
            "clusters:far:call_timeout must be a duration such as", "clusters:far: the credentials cannot be used",
                "clusters:near must have either kubeconfig or in_cluster=true",
            "clusters:near:namespaces is empty", "clusters:near:in_cluster must be true or false", "keys:0:sha256 must be 64 hex digits",
                "keys:0:clusters 'mars' is not among the clusters",
            "callback:url must be an absolute address with amqp or amqps", "limits:requests_per_second must be 1..",
                "rollout:workers must be a whole number", "rolout is not known; did you mean deploy_service:rollout?"
        })
            lines.ShouldContain(l => l.StartsWith($"- deploy_service:{told}", StringComparison.Ordinal), told);
        lines.Length.ShouldBe(12, error);
        error.ShouldNotContain("the-key-itself");
        error.ShouldNotContain("hidden");
    }

    private static async Task<(int Exit, string Output, string Error)> StartAsync(params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "DevopsCd.DeployService.dll"));
        foreach (var (key, value) in settings)
            start.Environment[$"deploy_service__{key}"] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
