using DevopsCd.Contracts;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Intake.Webhooks;
using DevopsCd.Core.Intake.Webhooks.Sources;

namespace DevopsCd.Core.Tests.Intake;

/// <summary>Only what was built from the branch counts for the branch, from every source that says what started a build.</summary>
public sealed class What_started_a_build
{
    private static readonly WebhookOptions s_options = new() { Rules = [new BuildRule { Application = "order", Image = "registry.example/shop/order" }] };

    [Theory]
    [InlineData("push", 1)]
    [InlineData("schedule", 1)]
    [InlineData("web", 1)]
    [InlineData("merge_request_event", 0)]
    [InlineData("ondemand_dast_scan", 0)]
    [InlineData("external", 0)]
    public void Is_told_by_GitLab(string source, int builds) => Counts(new GitLabSource(), builds,
        $$$"""{"object_kind":"pipeline","object_attributes":{"iid":7,"ref":"main","status":"success","source":"{{{source}}}"},"project":{"path_with_namespace":"shop/order"}}""");

    [Fact]
    public void Is_told_by_GitLab_as_a_merge_request_of_the_same_project() =>
        Ignored(new GitLabSource(), "order: built for the merge request !3, not from the branch; only a rule with as_branch takes it",
        """{"object_kind":"pipeline","object_attributes":{"iid":7,"ref":"main","status":"success","source":"merge_request_event"},"merge_request":{"iid":3,"source_project_id":1,"target_project_id":1},"project":{"path_with_namespace":"shop/order"}}""");

    [Fact]
    public void Is_no_build_when_every_job_deploys()
    {
        const string Jobs = """{"object_kind":"pipeline","object_attributes":{"iid":7,"ref":"main","status":"success","source":"web"},"builds":[{"name":"eu","environment":{"name":"prod-eu","action":"start"}},{"name":"us","environment":{"name":"prod-us"}}],"project":{"path_with_namespace":"shop/order"}}""";

        Ignored(new GitLabSource(), "order: every job of the pipeline deploys, none builds; only a rule with as_branch takes it", Jobs);
        Counts(new GitLabSource(), 1, Jobs.Replace("\"name\":\"eu\",\"environment\":{\"name\":\"prod-eu\",\"action\":\"start\"}",
            "\"name\":\"image\",\"environment\":null", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("failed", "success", "failed", "start", BuildStatus.Success)]
    [InlineData("failed", "success", "failed", "stop", BuildStatus.Success)]
    [InlineData("canceled", "success", "canceled", "start", BuildStatus.Success)]
    [InlineData("manual", "success", "manual", "start", BuildStatus.Success)]
    [InlineData("success", "success", "success", "start", BuildStatus.Success)]
    [InlineData("failed", "failed", "skipped", "start", BuildStatus.Failed)]
    [InlineData("failed", "failed", "failed", "start", BuildStatus.Failed)]
    [InlineData("failed", "success", "failed", "verify", BuildStatus.Failed)]
    [InlineData("failed", "skipped", "failed", "start", BuildStatus.Failed)]
    [InlineData("canceled", "canceled", "canceled", "start", BuildStatus.Cancelled)]
    [InlineData("running", "success", "running", "start", BuildStatus.Running)]
    public void Is_judged_by_what_built_the_image_and_not_by_what_deployed_it(string pipeline, string image, string deploy, string action, BuildStatus status)
    {
        var body = $$$"""{"object_kind":"pipeline","object_attributes":{"iid":7,"ref":"main","status":"{{{pipeline}}}","source":"push","finished_at":"2026-11-24 09:00:00 UTC"},"builds":[{"name":"image","status":"{{{image}}}","finished_at":"2026-11-24 08:30:00 UTC"},{"name":"lint","status":"failed","allow_failure":true},{"name":"prod","status":"{{{deploy}}}","environment":{"name":"prod","action":"{{{action}}}"},"finished_at":"2026-11-24 09:00:00 UTC"}],"project":{"path_with_namespace":"shop/order"}}""";

        var build = new GitLabSource().Read(Payload.Of(body)).Builds.ShouldHaveSingleItem();

        build.Status.ShouldBe(status);
        if (pipeline != "success" && status == BuildStatus.Success)
        {
            build.FinishedAt.ShouldBe(new DateTimeOffset(2026, 11, 24, 8, 30, 0, TimeSpan.Zero), "when the image was there");
            build.Assumed.ShouldContain($"the pipeline is '{pipeline}' by jobs that deploy (prod); the others made the image");
        }
    }

    [Theory]
    [InlineData("push", 1)]
    [InlineData("workflow_dispatch", 1)]
    [InlineData("schedule", 1)]
    [InlineData("pull_request", 0)]
    [InlineData("pull_request_target", 0)]
    [InlineData("merge_group", 0)]
    [InlineData("release", 0)]
    [InlineData("deployment", 0)]
    [InlineData("workflow_run", 0)]
    public void Is_told_by_GitHub_and_Gitea(string trigger, int builds)
    {
        var body = $$$"""{"action":"completed","workflow_run":{"run_number":7,"head_branch":"main","conclusion":"success","event":"{{{trigger}}}","head_repository":{"full_name":"shop/order"}},"repository":{"full_name":"shop/order"}}""";

        Counts(new GitHubSource(), builds, body, ("X-GitHub-Event", "workflow_run"));
        Counts(new GiteaSource(), builds, body, ("X-Gitea-Event", "workflow_run"));
    }

    [Theory]
    [InlineData("push", "refs/heads/main", 1)]
    [InlineData("cron", "refs/heads/main", 1)]
    [InlineData("custom", "refs/heads/main", 1)]
    [InlineData("promote", "refs/heads/main", 0)]
    [InlineData("rollback", "refs/heads/main", 0)]
    [InlineData("tag", "refs/tags/v1", 0)]
    [InlineData("push", "refs/tags/v1", 0)]
    [InlineData("push", "refs/pull/7/head", 0)]
    public void Is_told_by_Drone(string trigger, string reference, int builds)
    {
        Counts(new DroneSource(), builds,
            $$$"""{"event":"build","repo":{"slug":"shop/order"},"build":{"number":7,"event":"{{{trigger}}}","ref":"{{{reference}}}","target":"main","status":"success"}}""");
        if (!reference.Contains("pull", StringComparison.Ordinal))
            Counts(new CompatSource(), builds,
                $$$"""{"repo":"shop/order","build_number":7,"build_event":"{{{trigger}}}","build_status":"success","commit_branch":"main","commit_ref":"{{{reference}}}","apps":[{"name":"order"}]}""");
    }

    [Theory]
    [InlineData("origin/main", 1)]
    [InlineData("refs/heads/main", 1)]
    [InlineData("main", 1)]
    [InlineData("PR-7", 0)]
    [InlineData("detached", 0)]
    [InlineData("refs/tags/v1", 0)]
    public void Shows_in_the_branch_of_Jenkins(string branch, int builds) => Counts(new JenkinsSource(), builds,
        $$$$"""{"name":"order","build":{"number":7,"phase":"FINALIZED","status":"SUCCESS","scm":{"branch":"{{{{branch}}}}"}}}""");

    [Theory]
    [InlineData("push", "main", 1)]
    [InlineData("schedule", "main", 1)]
    [InlineData("pull_request", "main", 0)]
    [InlineData("push", "#7", 0)]
    public void Is_told_by_Forgejo(string trigger, string reference, int builds) => Counts(new ForgejoSource(), builds,
        $$$$"""{"action":"success","run":{"index_in_repo":7,"workflow_id":"build.yml","prettyref":"{{{{reference}}}}","commit_sha":"9f2c1d7e5b0a","trigger_event":"{{{{trigger}}}}","status":"success","stopped":"2026-11-24T08:30:00Z","repository":{"full_name":"shop/order"}}}""",
        ("X-Forgejo-Event", "action_run_success"));

    // Here Azure DevOps, by its paths; any other sender of JSON the same way.
    [Theory]
    [InlineData("individualCI", 1)]
    [InlineData("batchedCI", 1)]
    [InlineData("manual", 1)]
    [InlineData("pullRequest", 0)]
    [InlineData("resourceTrigger", 0)]
    public void Is_told_by_anybody_who_says_it(string reason, int builds)
    {
        var azure = new WebhookOptions
        {
            Sources =
            {
                ["generic"] = new SourceOptions
                {
                    Fields = { ["build_number"] = "resource.buildNumber", ["status"] = "resource.result", ["branch"] = "resource.sourceBranch",
                        ["event"] = "resource.reason", ["commit_id"] = "resource.sourceVersion", ["finished_at"] = "resource.finishTime" },
                },
            },
        };

        Counts(new GenericSource(azure), builds,
            $$$"""{"eventType":"build.complete","resource":{"buildNumber":"20261129.1","result":"succeeded","reason":"{{{reason}}}","sourceBranch":"refs/heads/main","sourceVersion":"9f2c1d7e5b0a","finishTime":"2026-11-29T08:30:00.1234567Z"}}""");
    }

    /// <summary>Somebody who pushes to a branch that is called "origin/main", by mistake or not, has not pushed to main.</summary>
    [Theory]
    [InlineData("origin/main")]
    [InlineData("heads/main")]
    [InlineData("remotes/origin/main")]
    public void Is_a_push_to_a_branch_that_only_looks_like_main(string branch)
    {
        var run = $$$"""{"action":"completed","workflow_run":{"run_number":7,"head_branch":"{{{branch}}}","conclusion":"success","event":"push"},"repository":{"full_name":"shop/order"}}""";
        BuildCompleted[] builds =
        [
            .. Match(new GitHubSource(), run, ("X-GitHub-Event", "workflow_run"))!.Builds,
            .. Match(new GiteaSource(), run, ("X-Gitea-Event", "workflow_run"))!.Builds,
            .. Match(new GitLabSource(),
                $$$"""{"object_kind":"pipeline","object_attributes":{"iid":7,"ref":"{{{branch}}}","status":"success","source":"push"},"project":{"path_with_namespace":"shop/order"}}""")!.Builds,
            .. Match(new DroneSource(),
                $$$"""{"event":"build","repo":{"slug":"shop/order"},"build":{"number":7,"event":"push","target":"{{{branch}}}","status":"success"}}""")!.Builds,
            .. Match(new CompatSource(),
                $$$"""{"repo":"shop/order","build_number":7,"build_event":"push","build_status":"success","commit_branch":"{{{branch}}}","apps":[{"name":"order"}]}""")!.Builds,
        ];

        builds.Select(b => BuildRules.Read(b, DateTimeOffset.UnixEpoch, []).Branch).ShouldBe(Enumerable.Repeat($"refs/heads/{branch}", 5));
    }

    [Fact]
    public void Is_assumed_aloud_where_nobody_says_it()
    {
        var said = Match(new GitLabSource(), """{"object_kind":"pipeline","object_attributes":{"iid":7,"ref":"main","status":"success"}}""");

        said!.Notes.ShouldBe(["GitLab does not say what started it; taken as a push"]);
        Match(new GenericSource(new WebhookOptions()), """{"build_number":7,"status":"splendid","branch":"main"}""")!.Notes.ShouldBe(
            ["status 'splendid' is unknown; taken as failed"]);
    }

    private static void Counts(IWebhookSource source, int builds, string body, params (string Name, string Value)[] headers)
    {
        var matched = Match(source, body, headers);
        if (matched is null)
            builds.ShouldBe(0, body);
        else
            (matched.Builds.Count, matched.Ignored.Count + matched.Problems.Count).ShouldBe((builds, 1 - builds), body);
        foreach (var build in matched?.Builds ?? [])
            (build.Branch, build.Status).ShouldBe(("main", BuildStatus.Success));
    }

    private static void Ignored(IWebhookSource source, string why, string body) => Match(source, body)!.Ignored.ShouldBe([why]);

    private static MatchedBuilds? Match(IWebhookSource source, string body, params (string Name, string Value)[] headers)
    {
        var reading = source.Read(Payload.Of(body, headers));
        if (reading.Ignored is not null)
            return null;
        return new BuildMatcher(s_options).Match(source.Name, reading.Builds.ShouldHaveSingleItem(), []);
    }
}
