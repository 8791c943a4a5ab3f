using System.Globalization;
using DevopsCd.Contracts;
using DevopsCd.Core.Intake.Webhooks;
using DevopsCd.Core.Intake.Webhooks.Sources;

namespace DevopsCd.Core.Tests.Intake;

public sealed class A_webhook
{
    private const string Commit = "9f2c1d7e5b0a4c3d8e6f7a1b2c3d4e5f60718293";

    private static readonly string s_digest = $"sha256:{string.Concat(Enumerable.Repeat("ab", 32))}";

    private static readonly DateTimeOffset s_finished = DateTimeOffset.Parse("2026-11-24T08:30:00Z", CultureInfo.InvariantCulture);

    [Fact]
    public void Of_GitHub_tells_of_a_workflow_run()
    {
        var build = Only(new GitHubSource(), "github-workflow_run", ("X-GitHub-Event", "workflow_run"));

        build.Repository.ShouldBe("shop/order");
        (build.Branch, build.Path).ShouldBe(("main", ".github/workflows/build.yml"));
        build.Jobs.ShouldBe(["build"]);
        (build.Number, build.Attempt, build.BuildNumber).ShouldBe(("128", 2, "128.2"));
        (build.Status, build.CommitId, build.FinishedAt).ShouldBe((BuildStatus.Success, Commit, s_finished));
        build.Image.ShouldBeNull();
    }

    [Fact]
    public void Of_GitHub_tells_of_a_pushed_image()
    {
        var build = Only(new GitHubSource(), "github-registry_package", ("X-GitHub-Event", "registry_package"));

        (build.Image, build.ImageTag, build.Digest).ShouldBe(("ghcr.io/shop/order", "1.4.0-128", s_digest));
        (build.Repository, build.Branch, build.CommitId).ShouldBe(("shop/order", "main", Commit));
    }

    [Fact]
    public void Of_GitLab_tells_of_a_pipeline()
    {
        var build = Only(new GitLabSource(), "gitlab-pipeline");

        (build.Repository, build.Branch, build.Tag, build.Number).ShouldBe(("shop/order", "main", null, "128"));
        (build.Status, build.CommitId, build.FinishedAt).ShouldBe((BuildStatus.Success, Commit, s_finished));
        build.Jobs.ShouldBe(["image", "unit"]);
    }

    [Fact]
    public void Of_Gitea_tells_of_a_failed_run()
    {
        var build = Only(new GiteaSource(), "gitea-workflow_run", ("X-Gitea-Event", "workflow_run"));

        (build.Status, build.BuildNumber).ShouldBe((BuildStatus.Failed, "128"));
    }

    [Fact]
    public void Of_Forgejo_tells_of_a_package()
    {
        var build = Only(new ForgejoSource(), "forgejo-package", ("X-Forgejo-Event", "package"));

        (build.Repository, build.ImageTag, build.Status).ShouldBe(("shop/order", "1.4.0-128", BuildStatus.Success));
    }

    [Fact]
    public void Of_Drone_takes_the_image_from_its_parameters()
    {
        var build = Only(new DroneSource(), "drone-build");

        (build.Repository, build.Branch, build.Image, build.ImageTag).ShouldBe(("shop/order", "main", "registry.example/shop/order", "1.4.0-128"));
        build.FinishedAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1_795_509_000));
    }

    [Fact]
    public void Of_Jenkins_counts_at_its_last_phase()
    {
        var build = Only(new JenkinsSource(), "jenkins-finalized");

        (build.Repository, build.Branch, build.Jobs.Single(), build.Number).ShouldBe(("git@git.example:shop/order.git", "main", "order-build", "128"));
        (build.Status, build.CommitAuthor).ShouldBe((BuildStatus.Success, "ann"));
        new JenkinsSource().Read(Payload.Of("""{"build":{"number":1,"phase":"COMPLETED"}}""")).Ignored.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("harbor-push", "registry.example:8443/shop/order")]
    [InlineData("harbor-cloudevent", "registry.example/shop/order")]
    public void Of_Harbor_tells_of_tagged_images_only(string file, string image)
    {
        var build = Only(new HarborSource(), file);

        (build.Image, build.ImageTag, build.Digest, build.Repository).ShouldBe((image, "1.4.0-128", s_digest, "shop/order"));
    }

    [Fact]
    public void Of_the_seed_tells_of_several_applications()
    {
        var builds = new CompatSource().Read(Payload.Request("compat")).Builds;

        builds.Select(b => (b.Application, b.Image, b.ImageTag, b.Status)).ShouldBe(
        [
            ("order", "registry.example/shop/order", "1.4.0-128", BuildStatus.Success),
            ("stock", "registry.example/shop/stock", "2.1.0-128", BuildStatus.Failed),
        ]);
    }

    [Fact]
    public void Of_anybody_is_read_by_configured_paths()
    {
        var options = new WebhookOptions
        {
            Sources =
            {
                ["generic"] = new SourceOptions
                {
                    Fields =
                    {
                        ["application"] = "app", ["build_number"] = "pipeline.id", ["status"] = "pipeline.state", ["branch"] = "git.ref",
                        ["commit_id"] = "git.sha", ["image"] = "artifact", ["finished_at"] = "ended",
                    },
                },
            },
        };

        var build = Only(new GenericSource(options), "generic");

        (build.Application, build.Number, build.Status, build.Branch).ShouldBe(("order", "128", BuildStatus.Success, "main"));
        (build.Image, build.ImageTag, build.Digest, build.FinishedAt).ShouldBe(("registry.example/shop/order", "1.4.0-128", s_digest, s_finished));
    }

    [Fact]
    public void Of_CDEvents_tells_of_a_published_artifact()
    {
        var build = Only(new CdEventsSource(), "cdevents-artifact");

        (build.Application, build.Number, build.Branch, build.CommitId).ShouldBe(("order", "128", "main", Commit));
        (build.Image, build.ImageTag, build.Digest).ShouldBe(("registry.example/shop/order", "1.4.0-128", s_digest));
        new CdEventsSource().DeliveryOf(Payload.Request("cdevents-artifact")).ShouldBe("271069a8-fc18-44f1-b38f-9d70a1695819");
    }

    [Fact]
    public void Of_CDEvents_may_come_as_a_batch()
    {
        var one = System.Text.Encoding.UTF8.GetString(Payload.Request("cdevents-artifact").Body.Span);

        var reading = new CdEventsSource().Read(Payload.Of($"[{one},{{\"context\":{{\"type\":\"dev.cdevents.ticket.created.0.2.0\"}}}},{one}]"));

        reading.Builds.Select(b => b.Application).ShouldBe(["order", "order"]);
        new CdEventsSource().DeliveryOf(Payload.Of($"[{one},{one}]")).ShouldBeNull("the content is its id");
    }

    // Whoever may open a pull request may call its branch "main": what it built must never be offered as a build of ours.
    [Fact]
    public void Of_a_fork_or_a_pull_request_is_no_build_of_the_branch_it_names()
    {
        (IWebhookSource Source, string Body, string Why)[] cases =
        [
            (new GitHubSource(), """{"action":"completed","workflow_run":{"run_number":1,"head_branch":"main","conclusion":"success","head_repository":{"full_name":"mallory/order"}},"repository":{"full_name":"shop/order"}}""", "a run for the fork mallory/order"),
            (new GitLabSource(), """{"object_kind":"pipeline","object_attributes":{"iid":1,"ref":"main","status":"success","source":"merge_request_event"},"merge_request":{"source_project_id":9,"target_project_id":1},"project":{"path_with_namespace":"shop/order"}}""", "a pipeline for a fork's merge request"),
            (new GitLabSource(), """{"object_kind":"pipeline","object_attributes":{"iid":1,"ref":"main","status":"success","source":"external_pull_request_event"},"project":{"path_with_namespace":"shop/order"}}""", "a pipeline for a pull request elsewhere"),
            (new DroneSource(), """{"event":"build","repo":{"slug":"shop/order"},"build":{"number":1,"event":"pull_request","target":"main","source":"x","status":"success"}}""", "a build of a pull request"),
            (new CompatSource(), """{"repo":"shop/order","build_number":1,"build_event":"pull_request","build_status":"success","commit_branch":"main","apps":[{"name":"order","image":"r/order","image_tag":"1"}]}""", "a build of a pull request"),
        ];

        foreach (var (source, body, why) in cases)
        {
            var reading = source.Read(Payload.Of(body, ("X-GitHub-Event", "workflow_run")));
            (reading.Builds.Count, reading.Ignored).ShouldBe((0, why), source.Name);
        }

        var own = new GitHubSource().Read(Payload.Of(cases[0].Body.Replace("mallory/order", "Shop/Order", StringComparison.Ordinal), ("X-GitHub-Event", "workflow_run")));
        own.Builds.ShouldHaveSingleItem("a run in the repository itself, however it is spelt");
    }

    [Fact]
    public void Whose_text_no_database_could_hold_is_read_all_the_same()
    {
        const string Body = """{"id":"\ud800","type":"x\u0000y","context":{"id":"a\u0000b","type":"\udc00"},"build":{"phase":"\u0000","timestamp":9223372036854775807}}""";

        new HarborSource().DeliveryOf(Payload.Of(Body)).ShouldBeNull();
        new HarborSource().Read(Payload.Of(Body)).Ignored.ShouldBe("type x\uFFFDy tells of no push");
        new CdEventsSource().DeliveryOf(Payload.Of(Body)).ShouldBe("a\uFFFDb");
        new CdEventsSource().Read(Payload.Of(Body)).Ignored.ShouldBe("type '' tells of no build");
        new JenkinsSource().Read(Payload.Of("""{"build":{"phase":"FINALIZED","number":1,"status":"SUCCESS","timestamp":9223372036854775807}}""")).Builds.Single().FinishedAt.ShouldBeNull();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"workflow_run":7,"build":"x","event_data":[],"apps":{},"object_kind":"pipeline","type":"PUSH_ARTIFACT","event":"build","build_number":1}""")]
    public void Of_a_strange_shape_is_ignored_and_never_fails(string body)
    {
        foreach (var source in (IWebhookSource[])[new GitHubSource(), new GitLabSource(), new GiteaSource(), new ForgejoSource(), new DroneSource(), new JenkinsSource(), new HarborSource(), new CompatSource(), new CdEventsSource(), new GenericSource(new WebhookOptions())])
        {
            var reading = source.Read(Payload.Of(body, ("X-GitHub-Event", "workflow_run"), ("X-Gitea-Event", "package"), ("X-Forgejo-Event", "registry_package")));
            reading.Builds.Count.ShouldBe(source is GenericSource && body.Contains("build_number", StringComparison.Ordinal) ? 1 : 0, source.Name);
        }
    }

    private static ReportedBuild Only(IWebhookSource source, string file, params (string Name, string Value)[] headers)
    {
        var reading = source.Read(Payload.Request(file, headers));
        reading.Ignored.ShouldBeNull();
        return reading.Builds.ShouldHaveSingleItem();
    }
}
