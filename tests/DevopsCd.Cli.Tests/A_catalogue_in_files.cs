namespace DevopsCd.Cli.Tests;

public sealed class A_catalogue_in_files(EmbeddedHost host) : IClassFixture<EmbeddedHost>
{
    [Fact]
    public async Task Is_what_the_service_has_after_it_was_applied_and_no_call_is_made_twice()
    {
        using var cli = host.Cli();
        var shop = Name();
        cli.Input = Documents(shop);

        var dry = await cli.DoAsync("apply", "-f", "-", "--dry-run");
        var untouched = await cli.RunAsync("project", "show", shop);
        var first = await cli.DoAsync("apply", "-f", "-");
        var again = await cli.RunAsync("apply", "-f", "-");

        dry.ShouldBe(first);
        untouched.Exit.ShouldBe(ExitCodes.Failed);
        first.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
        [
            $"+ project {shop}", $"+ application {shop}-api", $"+ application {shop}-web", $"+ target {shop}-api pre/c1", $"+ target {shop}-api prod/eu-1",
            $"+ binding group:{shop} approver {shop}", $"+ freeze {shop}"
        ], ignoreOrder: true);
        (again.Exit, again.Out).ShouldBe((ExitCodes.Ok, ""));
        again.Error.ShouldContain("5 declared, nothing to change");
        (await cli.DoAsync("app", "show", $"{shop}-api")).ShouldSatisfyAllConditions(
            text => text.ShouldContain(shop), text => text.ShouldContain("canary"), text => text.ShouldContain("eu-1"));
        (await cli.DoAsync("project", "show", shop)).ShouldMatch("Approvals: +2, 1 of sre");
        (await cli.DoAsync("access", "list", "--project", shop)).ShouldContain($"group:{shop}");
        (await cli.DoAsync("access", "explain", "--subject", $"group:{shop}", "--project", shop, "-o", "json")).ShouldContain("approver");
        (await cli.DoAsync("freeze", "show", shop)).ShouldContain("FREQ=WEEKLY");
    }

    [Fact]
    public async Task Is_compared_by_what_it_means_and_each_difference_is_told()
    {
        using var cli = host.Cli();
        var shop = Name();
        cli.Input = Documents(shop);
        await cli.DoAsync("apply", "-f", "-");

        cli.Input = Documents(shop).Replace("required: 2", "required: 3", StringComparison.Ordinal)
            .Replace("weight: 20", "weight: 30", StringComparison.Ordinal)
            .Replace("defaultBranch: main", "defaultBranch: trunk", StringComparison.Ordinal)
            .Replace("stages: [pre, prod]", "stages: [prod, pre]", StringComparison.Ordinal);
        var dry = await cli.DoAsync("apply", "-f", "-", "--dry-run");
        await cli.DoAsync("apply", "-f", "-");

        dry.ShouldContain($"~ project {shop}\n    approvals: {{\"required\":2,\"groups\":{{\"sre\":1}}}} -> {{\"required\":3,\"groups\":{{\"sre\":1}}}}\n");
        dry.ShouldContain($"~ application {shop}-api\n    defaultBranch: 'main' -> 'trunk'\n");
        dry.ShouldContain($"~ target {shop}-api prod/eu-1\n    strategy: ");
        dry.ShouldNotContain("freeze");
        (await cli.DoAsync("app", "show", $"{shop}-api", "-o", "json")).ShouldContain("\"weight\":30");
        (await cli.DoAsync("apply", "-f", "-")).ShouldBe("");
    }

    [Fact]
    public async Task Is_written_as_it_is_read()
    {
        using var cli = host.Cli();
        var shop = Name();
        cli.Input = Documents(shop);
        await cli.DoAsync("apply", "-f", "-");

        var written = await cli.DoAsync("export");

        written.ShouldContain($"---\nkind: Application\nname: {shop}-web\n");
        cli.Input = written;
        var again = await cli.RunAsync("apply", "-f", "-", "--prune");
        (again.Exit, again.Out).ShouldBe((ExitCodes.Ok, ""), again.Error);
        (await cli.DoAsync("export", "--kind", "Freeze")).ShouldNotContain("kind: Application");
    }

    [Fact]
    public async Task Removes_what_it_does_not_have_where_that_is_asked_for_and_confirmed()
    {
        await using var own = new EmbeddedHost();
        await own.InitializeAsync();
        using var cli = own.Cli();
        var shop = Name();
        cli.Input = Documents(shop);
        await cli.DoAsync("apply", "-f", "-");
        var all = await cli.DoAsync("export");

        cli.Input = $"{{kind: Application, name: {shop}-api, "
            + "targets: [{stage: pre, cluster: c1, namespace: shop, workload: {kind: Deployment, name: api}}]}";
        var unasked = await cli.RunAsync("apply", "-f", "-", "--prune");
        var before = await cli.DoAsync("app", "list", "-o", "name");
        await cli.DoAsync("apply", "-f", "-", "--prune", "--yes");

        unasked.Exit.ShouldBe(ExitCodes.Usage);
        unasked.Out.ShouldContain($"- application {shop}-web\n");
        before.Split('\n').ShouldContain($"{shop}-web");
        (await cli.DoAsync("app", "list", "-o", "name")).ShouldBe($"{shop}-api\n");
        (await cli.DoAsync("app", "target", "list", $"{shop}-api", "-o", "name")).ShouldBe("pre/c1\n");
        // What is of a kind that no document declares stays.
        (await cli.DoAsync("freeze", "list", "-o", "name")).ShouldContain(shop);
        cli.Input = all;
        await cli.DoAsync("apply", "-f", "-");
        (await cli.DoAsync("export")).ShouldBe(all);
    }

    [Fact]
    public async Task Goes_on_beside_what_is_refused_and_names_its_place()
    {
        using var cli = host.Cli();
        var shop = Name();
        var folder = Directory.CreateTempSubdirectory("devopscd-catalogue-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "a.yaml"),
            $"kind: Application\nname: {shop}-lost\nproject: nowhere\n---\nkind: Application\nname: {shop}\n", TestContext.Current.CancellationToken);

        var run = await cli.RunAsync("apply", "-f", folder);

        Directory.Delete(folder, recursive: true);
        run.Exit.ShouldBe(ExitCodes.Usage);
        run.Error.ShouldContain($"a.yaml:1: application {shop}-lost: ");
        (await cli.RunAsync("app", "show", shop)).Exit.ShouldBe(ExitCodes.Ok);
    }

    [Theory]
    [InlineData("kind: App\nname: a", "-:1: kind is 'App'; known: Project, Application, Binding, Freeze")]
    [InlineData("name: a", "kind is missing")]
    [InlineData("- kind: Application", "is no document")]
    [InlineData("kind: Application", "name is missing")]
    [InlineData("kind: Application\nname: a\ndependOn: [b]", "'dependOn' is no member of Application; known: name, project")]
    [InlineData("kind: Application\nname: a\ntargets: [{stage: pre}]", "each has a stage and a cluster")]
    [InlineData("kind: Application\nname: a\ntargets: [{stage: pre, cluster: c, ns: x}]", "'ns' is no member of Target")]
    [InlineData("kind: Application\nname: a\ntargets: [{stage: pre, cluster: c}, {stage: pre, cluster: c}]", "twice")]
    [InlineData("kind: Binding\nsubject: user:a\nrole: viewer", "a subject, a role and a project")]
    [InlineData("kind: Freeze\nname: f\n---\nkind: Freeze\nname: f", "-:4: freeze f stands in -:1 already")]
    [InlineData("kind: [}", "-:1: ")]
    public async Task That_is_wrong_changes_nothing_and_says_where(string documents, string said)
    {
        using var cli = new Cli(new Uri("http://127.0.0.1:1")) { Input = documents };

        var run = await cli.RunAsync("apply", "-f", "-");

        (run.Exit, run.Out).ShouldBe((ExitCodes.Usage, ""));
        run.Error.ShouldContain(said);
    }

    private static string Name() => $"s{Guid.NewGuid():N}"[..10];

    private static string Documents(string shop) =>
        $$"""
        kind: Project
        name: {{shop}}
        policy:
          approvals: { required: 2, groups: { sre: 1 } }
        ---
        kind: Application
        name: {{shop}}-api
        project: {{shop}}
        defaultBranch: main
        dependsOn: [{{shop}}-web]
        targets:
        - { stage: pre, cluster: c1, namespace: shop, workload: { kind: Deployment, name: api } }
        - stage: prod
          cluster: eu-1
          wave: 2
          namespace: shop
          workload: { kind: Deployment, name: api, container: main }
          strategy: { type: canary, steps: [{ weight: 20, pause: 5m }, { weight: 50 }] }
        ---
        kind: Application
        name: {{shop}}-web
        project: {{shop}}
        ---
        kind: Binding
        subject: group:{{shop}}
        role: approver
        project: {{shop}}
        ---
        kind: Freeze
        name: {{shop}}
        reason: nobody is there
        projects: [{{shop}}]
        stages: [pre, prod]
        rule: FREQ=WEEKLY;BYDAY=FR
        start: 2026-12-04T18:00
        duration: 60h
        zone: Europe/Berlin
        """;
}
