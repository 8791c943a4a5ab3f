using System.Text.Json;

namespace DevopsCd.Cli.Tests;

public sealed class A_batch_by_the_command_line(EmbeddedHost host) : IClassFixture<EmbeddedHost>
{
    private const string Slow = """{"type":"rolling","simulate":{"duration":"1h"}}""";
    private const string Crashing = """{"type":"rolling","simulate":{"duration":"0s","outcome":"fail","cause":"crash","reason":"no ledger"}}""";
    private const string Broken = """{"type":"rolling","simulate":{"outcome":"fail"}}""";

    [Fact]
    public async Task Is_carried_to_its_acceptance_with_a_wait_at_each_stage()
    {
        using var cli = host.Cli();
        var batch = await host.BatchAsync();

        await cli.DoAsync("batch", "approve", batch);
        var sealing = await cli.RunAsync("batch", "seal", batch, "--wait", "--timeout", "10m");
        var production = await cli.RunAsync("batch", "start-prod", batch, "--yes", "--wait", "--timeout", "10m");
        await cli.DoAsync("batch", "accept", batch);

        (sealing.Exit, production.Exit).ShouldBe((ExitCodes.Ok, ExitCodes.Ok));
        sealing.Error.ShouldContain("pre_deploy_completed, now PreDeployed");
        production.Error.ShouldContain("prod_deploy_completed, now ProdDeployed");
        sealing.Out.ShouldContain("Approved -> Sealed");
        (await cli.DoAsync("batch", "show", batch)).ShouldContain("40 FinalAccepted");
        (await cli.DoAsync("batch", "events", batch)).ShouldContain("final_accept");
        (await cli.RunAsync("batch", "watch", batch)).Exit.ShouldBe(ExitCodes.Ok);
    }

    [Fact]
    public async Task Fails_with_the_stage_and_says_why()
    {
        using var cli = host.Cli();
        var batch = await host.BatchAsync(Broken);
        await cli.DoAsync("batch", "approve", batch);

        var run = await cli.RunAsync("batch", "seal", batch, "--wait", "--timeout", "10m");

        run.Exit.ShouldBe(ExitCodes.Failed);
        run.Error.ShouldContain("pre_deploy_failed, now Sealed");
        (await cli.RunAsync("batch", "watch", batch)).Exit.ShouldBe(ExitCodes.Failed);
    }

    [Fact]
    public async Task Tells_the_cause_of_a_failure()
    {
        using var cli = host.Cli();
        var batch = await host.BatchAsync(Crashing);
        await cli.DoAsync("batch", "approve", batch);
        await cli.RunAsync("batch", "seal", batch, "--wait", "--timeout", "10m");

        var watch = await cli.RunAsync("batch", "watch", batch);
        var operation = JsonDocument.Parse(await cli.DoAsync("batch", "show", batch, "-o", "json")).RootElement.GetProperty("releases")[0]
            .GetProperty("deployments")[0].GetProperty("operationId").GetString()!;
        var shown = await cli.DoAsync("deployment", "show", operation);

        watch.Error.ShouldContain("    cause: crash (CrashLoopBackOff) in pod ");
        watch.Error.ShouldContain("    | fatal: no ledger");
        shown.ShouldContain("Cause:");
        shown.ShouldContain("CrashLoopBackOff: last ended with exit code 1 (Error)");
        shown.ShouldContain("fatal: no ledger");
    }

    [Fact]
    public async Task Goes_on_when_a_wait_has_timed_out_and_names_what_is_unfinished()
    {
        using var cli = host.Cli();
        var batch = await host.BatchAsync(Slow);
        await cli.DoAsync("batch", "approve", batch);

        var run = await cli.RunAsync("batch", "seal", batch, "--wait", "--timeout", "1s");

        run.Exit.ShouldBe(ExitCodes.TimedOut);
        run.Error.ShouldContain("pre-production is not over after 1s; the batch goes on");
        run.Error.ShouldContain($"devopscd batch watch {batch}");
    }

    [Fact]
    public async Task Goes_on_when_a_wait_is_interrupted()
    {
        using var cli = host.Cli();
        using var interrupt = new CancellationTokenSource();
        var batch = await host.BatchAsync(Slow);
        await cli.DoAsync("batch", "approve", batch);
        await cli.DoAsync("batch", "seal", batch);

        var watching = cli.RunAsync(["batch", "watch", batch, "--follow"], interrupt.Token);
        await interrupt.CancelAsync();
        var run = await watching;

        run.Exit.ShouldBe(ExitCodes.Interrupted);
        run.Error.ShouldContain("what the service has begun goes on");
    }

    [Fact]
    public async Task Lets_its_applications_be_removed_once_it_has_ended()
    {
        using var cli = host.Cli();
        var application = await host.ApplicationAsync();
        var batch = (await cli.DoAsync("batch", "create", "-t", "a release", "-a", application, "-o", "name")).Trim();

        var early = await cli.RunAsync("app", "remove", application);
        await cli.DoAsync("batch", "cancel", batch, "--reason", "not needed");
        await cli.DoAsync("app", "remove", application);

        (early.Exit, early.Error).ShouldSatisfyAllConditions(run => run.Exit.ShouldBe(ExitCodes.Refused), run => run.Error.ShouldContain("is in open batch"));
        (await cli.RunAsync("app", "show", application)).Exit.ShouldBe(ExitCodes.Failed);
        (await cli.DoAsync("batch", "show", batch)).ShouldContain(application);
    }

    [Fact]
    public async Task Passes_the_gates_of_its_project()
    {
        using var cli = host.Cli();
        var application = await host.ApplicationAsync();
        await cli.DoAsync("api", "PUT", $"projects/{application}", "-d",
            """{"gates":[{"name":"legal","at":"before_seal","kind":"manual"},{"name":"ops","at":"before_seal","kind":"manual"}]}""");
        var batch = (await cli.DoAsync("batch", "create", "-t", "a release", "-a", application, "--project", application, "-o", "name")).Trim();
        await cli.DoAsync("batch", "approve", batch);

        var held = await cli.RunAsync("batch", "seal", batch);
        await cli.DoAsync("batch", "gate", "pass", batch, "legal");
        await cli.DoAsync("batch", "gate", "fail", batch, "ops", "--reason", "not now");
        await cli.DoAsync("batch", "gate", "retry", batch, "ops");
        await cli.DoAsync("batch", "gate", "override", batch, "ops", "--reason", "seen by hand");
        await cli.DoAsync("batch", "seal", batch);

        (held.Exit, held.Error).ShouldSatisfyAllConditions(run => run.Exit.ShouldBe(ExitCodes.Refused), run => run.Error.ShouldContain("the gate legal waits"));
        (await cli.DoAsync("batch", "gates", batch)).ShouldSatisfyAllConditions(
            list => list.ShouldContain("passed"), list => list.ShouldContain("not now"), list => list.ShouldContain("seen by hand"));
        (await cli.RunAsync("batch", "gate", "pass", batch, "nobody")).Error.ShouldContain("has no gate 'nobody'");
    }

    [Fact]
    public async Task Is_refused_what_its_state_does_not_allow_and_told_what_it_does()
    {
        using var cli = host.Cli();

        var run = await cli.RunAsync("batch", "accept", await host.BatchAsync());

        (run.Exit, run.Out).ShouldBe((ExitCodes.Refused, ""));
        run.Error.ShouldContain("state: 0 PendingApproval");
        run.Error.ShouldContain("allowed now: approve, reject, cancel");
        run.Error.ShouldMatch("trace: [0-9a-f]{32}");
    }

    [Fact]
    public async Task Is_refused_what_was_decided_on_another_version()
    {
        using var cli = host.Cli();
        var batch = await host.BatchAsync();
        await cli.DoAsync("batch", "approve", batch, "--if-version", "0");

        var run = await cli.RunAsync("batch", "seal", batch, "--if-version", "0");

        run.Exit.ShouldBe(ExitCodes.Refused);
        (await cli.DoAsync("batch", "show", batch)).ShouldContain("5 Approved");
    }

    [Fact]
    public async Task Gets_no_production_where_nobody_can_be_asked()
    {
        using var cli = host.Cli();

        var run = await cli.RunAsync("batch", "start-prod", await host.BatchAsync());

        (run.Exit, run.Error).ShouldSatisfyAllConditions(r => r.Exit.ShouldBe(ExitCodes.Usage), r => r.Error.ShouldContain("say --yes"));
    }

    [Theory]
    [InlineData("n")]
    [InlineData("")]
    public async Task Gets_no_production_from_a_person_who_does_not_say_yes(string typed)
    {
        using var cli = host.Cli();
        cli.Typed = typed;

        var run = await cli.RunAsync("batch", "start-prod", await host.BatchAsync());

        run.Exit.ShouldBe(ExitCodes.Usage);
        run.Error.ShouldContain("nothing was done");
    }

    [Fact]
    public async Task Is_rejected_with_a_reason_that_is_asked_for()
    {
        using var cli = host.Cli();
        var batch = await host.BatchAsync();

        var unreasoned = await cli.RunAsync("batch", "reject", batch);
        cli.Typed = "too early\n";
        await cli.DoAsync("batch", "reject", batch);

        unreasoned.Exit.ShouldBe(ExitCodes.Usage);
        unreasoned.Error.ShouldContain("--reason");
        (await cli.DoAsync("batch", "show", batch)).ShouldContain("too early");
    }

    [Fact]
    public async Task Is_cancelled_and_needs_no_wait_where_nothing_is_in_flight()
    {
        using var cli = host.Cli();

        var run = await cli.RunAsync("batch", "cancel", await host.BatchAsync(), "--reason", "superseded", "--wait");

        run.Exit.ShouldBe(ExitCodes.Ok);
    }

    [Fact]
    public async Task Is_explained()
    {
        using var cli = host.Cli();
        var batch = await host.BatchAsync();

        var explained = await cli.DoAsync("batch", "explain", batch, "--event", "confirm_tag");

        explained.ShouldContain("confirm_tag");
        explained.ShouldContain("no");
    }

    [Fact]
    public async Task Is_pinned_to_a_build_and_follows_the_newest_otherwise()
    {
        using var cli = host.Cli();
        var (app, other) = (await host.ApplicationAsync(), await host.ApplicationAsync());
        var batch = (await cli.DoAsync("batch", "create", "-t", "Pinned", "-a", $"{app}=1", other, "-o", "name")).Trim();

        using var shown = JsonDocument.Parse(await cli.DoAsync("batch", "show", batch, "-o", "json"));
        await cli.DoAsync("batch", "edit", batch, other, "--depends-on", app);
        var third = await host.ApplicationAsync();
        await cli.DoAsync("batch", "add", batch, $"{third}=1");
        await cli.DoAsync("batch", "edit", batch, "--title", "Edited");
        (await cli.RunAsync("batch", "edit", batch, "--build", "1")).Exit.ShouldBe(ExitCodes.Usage);
        var undecided = await cli.RunAsync("batch", "diff", batch);
        await cli.DoAsync("batch", "approve", batch);
        await cli.DoAsync("batch", "remove", batch, third);

        shown.RootElement.GetProperty("releases").EnumerateArray().Count(r => r.TryGetProperty("pinnedBy", out _)).ShouldBe(1);
        (await cli.DoAsync("batch", "show", batch, "-o", "wide")).Split('\n')
            .ShouldContain(line => line.StartsWith(other, StringComparison.Ordinal) && line.Contains(app, StringComparison.Ordinal));
        undecided.Error.ShouldContain("not approved yet");
        (await cli.DoAsync("batch", "diff", batch)).ShouldMatch($@"(?m)^{third} ");
        (await cli.DoAsync("batch", "show", batch)).ShouldMatch("Title: +Edited");
    }

    [Fact]
    public async Task That_is_not_there_is_a_failure()
    {
        using var cli = host.Cli();

        (await cli.RunAsync("batch", "show", "999999")).Exit.ShouldBe(ExitCodes.Failed);
        (await cli.RunAsync("batch", "show", "B19990101-001")).Exit.ShouldBe(ExitCodes.Failed);
    }

    [Fact]
    public async Task Has_operations_that_can_be_shown()
    {
        using var cli = host.Cli();
        var batch = await host.BatchAsync();
        await cli.DoAsync("batch", "approve", batch);
        await cli.DoAsync("batch", "seal", batch, "--wait", "--timeout", "10m");
        using var shown = JsonDocument.Parse(await cli.DoAsync("batch", "show", batch, "-o", "json"));
        var operation = shown.RootElement.GetProperty("releases")[0].GetProperty("deployments")[0].GetProperty("operationId").GetString()!;

        var text = await cli.DoAsync("deployment", "show", operation);

        text.ShouldContain("succeeded");
        (await cli.RunAsync("deployment", "show", operation + "x")).Exit.ShouldBe(ExitCodes.Failed);
        (await cli.RunAsync("deployment", "show", "nothing")).Exit.ShouldBe(ExitCodes.Usage);
    }

    [Fact]
    public async Task Is_a_table_on_a_terminal()
    {
        using var cli = host.Cli();
        var app = await host.ApplicationAsync();
        var batch = (await cli.DoAsync("batch", "create", "-t", "Shown", "-a", app, "-o", "name")).Trim();
        await cli.DoAsync("batch", "approve", batch);
        cli.IsOutTerminal = true;

        var run = await cli.RunAsync("batch", "seal", batch, "--wait", "--timeout", "10m");

        run.Exit.ShouldBe(ExitCodes.Ok, run.Error);
        run.Out.ShouldContain(app);
        run.Out.ShouldContain("IN FLIGHT");
        run.Out.ShouldContain('\u001b');
        run.Error.ShouldNotContain($"  {app}:");
    }
}
