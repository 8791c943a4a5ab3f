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
        (build.Number, build.Attempt).ShouldBe(("128", 2));
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

        (build.Status, build.Number, build.Attempt).ShouldBe((BuildStatus.Failed, "128", 1));
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
            (new GitHubSource(),
                """{"action":"completed","workflow_run":{"run_number":1,"head_branch":"main","conclusion":"success","head_repository":{"full_name":"mallory/order"}},"repository":{"full_name":"shop/order"}}""", "a run for the fork mallory/order"),
            (new GitLabSource(),
                """{"object_kind":"pipeline","object_attributes":{"iid":1,"ref":"main","status":"success","source":"merge_request_event"},"merge_request":{"source_project_id":9,"target_project_id":1},"project":{"path_with_namespace":"shop/order"}}""", "a pipeline for a fork's merge request"),
            (new GitLabSource(),
                """{"object_kind":"pipeline","object_attributes":{"iid":1,"ref":"main","status":"success","source":"external_pull_request_event"},"project":{"path_with_namespace":"shop/order"}}""", "a pipeline for a pull request elsewhere"),
            (new DroneSource(), """{"event":"build","repo":{"slug":"shop/order"},"build":{"number":1,"event":"pull_request","target":"main","source":"x","status":"success"}}""", "a build of a pull request"),
            (new CompatSource(),
                """{"repo":"shop/order","build_number":1,"build_event":"pull_request","build_status":"success","commit_branch":"main","apps":[{"name":"order","image":"r/order","image_tag":"1"}]}""", "a build of a pull request"),
        ];

        foreach (var (source, body, why) in cases)
        {
            var reading = source.Read(Payload.Of(body, ("X-GitHub-Event", "workflow_run")));
            (reading.Builds.Count, reading.Ignored).ShouldBe((0, why), source.Name);
        }

        var own = new GitHubSource().Read(
            Payload.Of(cases[0].Body.Replace("mallory/order", "Shop/Order", StringComparison.Ordinal), ("X-GitHub-Event", "workflow_run")));
        own.Builds.ShouldHaveSingleItem("a run in the repository itself, however it is spelt");
    }

    [Fact]
    public void Whose_text_no_database_could_hold_is_read_all_the_same()
    {
        const string Body = """{"id":"\ud800","type":"x\u0000y","context":{"id":"a\u0000b","type":"\udc00"},"build":{"phase":"\u0000","timestamp":9223372036854775807}}""";

        new HarborSource().DeliveryOf(Payload.Of(Body)).ShouldBeNull();
        new HarborSource().Read(Payload.Of(Body)).Ignored.ShouldBe("type x\uFFFDy does not report a push");
        new CdEventsSource().DeliveryOf(Payload.Of(Body)).ShouldBe("a\uFFFDb");
        new CdEventsSource().Read(Payload.Of(Body)).Ignored.ShouldBe("type '' does not report a build");
        new JenkinsSource().Read(Payload.Of(
            """{"build":{"phase":"FINALIZED","number":1,"status":"SUCCESS","timestamp":9223372036854775807}}""")).Builds.Single().FinishedAt.ShouldBeNull();
    }

    // The example of octokit/webhooks: the branch is the repository's, target_oid is the image's digest, the times are of the year 1.
    [Fact]
    public void Of_GitHub_about_a_package_is_believed_only_what_can_be_true()
    {
        const string Body = """{"action":"published","registry_package":{"name":"order","package_type":"CONTAINER","updated_at":"2026-11-24T08:30:00Z","package_version":{"version":"sha256:3da1996a8115d7616457760d9920b815241d0a03b34cf5f04e9a0e9d8de37498","target_commitish":"master","target_oid":"3da1996a8115d7616457760d9920b815241d0a03b34cf5f04e9a0e9d8de37498","updated_at":"0001-01-01T00:00:00Z","created_at":"0001-01-01T00:00:00Z","package_url":"ghcr.io/Shop/Order:1.4","container_metadata":{"tag":{"name":"1.4","digest":"sha256:6c62fb45fe66bfb1ea9a66abc38f6a0cc974292b"},"labels":{"revision":"6c62fb45fe66bfb1ea9a66abc38f6a0cc974292b"},"manifest":{"digest":"sha256:abababababababababababababababababababababababababababababababab","config":{"media_type":"application/vnd.oci.image.config.v1+json"},"layers":[{"media_type":"application/vnd.oci.image.layer.v1.tar+gzip"}]}}}},"repository":{"full_name":"Shop/Order"}}""";

        var build = new GitHubSource().Read(Payload.Of(Body, ("X-GitHub-Event", "registry_package"))).Builds.Single();

        (build.Image, build.CommitId, build.Digest, build.FinishedAt).ShouldBe(
            ("ghcr.io/shop/order", "6c62fb45fe66bfb1ea9a66abc38f6a0cc974292b", s_digest, s_finished));
        (build.NoImage, build.Assumed.Single()).ShouldBe((null, "the sender names the branch 'master' for every package"));
        foreach (var (from, to, what) in ((string, string, string)[])
        [
            ("application/vnd.oci.image.config.v1+json", "application/vnd.cncf.helm.config.v1+json",
                "an artifact of the kind 'application/vnd.cncf.helm.config.v1+json'"),
            ("application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.dev.cosign.simplesigning.v1+json",
                "an artifact of the kind 'application/vnd.dev.cosign.simplesigning.v1+json'"),
            ("application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.in-toto+json", "an artifact of the kind 'application/vnd.in-toto+json'"),
        ])
            new GitHubSource().Read(
                Payload.Of(Body.Replace(from, to, StringComparison.Ordinal), ("X-GitHub-Event", "registry_package"))).Builds.Single().NoImage.ShouldBe(what);
    }

    [Theory]
    [InlineData("https://gitea.example:3000/Shop/-/packages/container/order/1.4.0-128", "gitea.example:3000/shop/order")]
    [InlineData("https://git.example/gitea/Shop/-/packages/container/order/1.4.0-128", "git.example/shop/order")]
    public void Of_Gitea_names_the_image_of_a_package(string page, string image)
    {
        var body = $$$"""{"action":"created","package":{"type":"container","name":"order","version":"1.4.0-128","html_url":"{{{page}}}","created_at":"2026-11-24T08:30:00Z"},"repository":{"full_name":"shop/order"}}""";

        var build = new GiteaSource().Read(Payload.Of(body, ("X-Gitea-Event", "package"))).Builds.Single();

        (build.Image, build.ImageTag, build.Branch, build.FinishedAt).ShouldBe((image, "1.4.0-128", null, s_finished));
    }

    [Theory]
    [InlineData("harbor.example/charts/order:1.4.0", "a chart")]
    [InlineData("harbor.example/shop/helm/order:1.4.0", "a chart")]
    [InlineData("harbor.example/shop/charts:1.4.0", null)]
    public void Of_Harbor_tells_charts_from_images_by_where_they_stand(string address, string? what)
    {
        var body = $$$$"""{"type":"PUSH_ARTIFACT","occur_at":1795509000,"event_data":{"resources":[{"tag":"1.4.0","resource_url":"{{{{address}}}}"}],"repository":{"name":"order","repo_full_name":"shop/order"}}}""";

        new HarborSource().Read(Payload.Of(body)).Builds.Single().NoImage.ShouldBe(what);
    }

    /// <summary>Finish times are read from every source that has them, in whatever unit it counts.</summary>
    [Fact]
    public void Tells_when_the_build_had_finished()
    {
        var cdevent = new CdEventsSource().Read(
            Payload.Of("""{"context":{"type":"dev.cdevents.build.finished.0.3.0"},"subject":{"id":"b1","content":{"artifactId":"pkg:oci/order?tag=1"}},"customData":{"buildNumber":"1"}}""", ("ce-time", "2026-11-24T08:30:00Z")));
        var gitlab = new GitLabSource().Read(
            Payload.Of("""{"object_kind":"pipeline","object_attributes":{"iid":1,"ref":"main","status":"success","finished_at":null},"builds":[{"name":"a","finished_at":"2026-11-24 08:29:00 UTC"},{"name":"b","finished_at":"2026-11-24 16:30:00 +0800"},{"name":"c","finished_at":null}]}"""));
        var generic = new GenericSource(new WebhookOptions()).Read(Payload.Of("""{"build_number":1,"finished_at":1795509000000}"""));
        var jenkins = new JenkinsSource().Read(Payload.Of("""{"build":{"phase":"FINALIZED","number":1,"status":"SUCCESS","timestamp":1795509000000}}"""));
        var drone = new DroneSource().Read(Payload.Of("""{"event":"build","build":{"number":1,"event":"push","status":"success","finished":1795509000}}"""));

        new[] { cdevent, gitlab, generic, jenkins, drone }.Select(r => r.Builds.Single().FinishedAt)
            .ShouldBe([s_finished, s_finished, s_finished, s_finished, s_finished]);
    }

    // All events that one webhook set off share the UUID: as a delivery's id it made the second of them vanish.
    [Fact]
    public void Of_GitLab_is_told_apart_by_what_is_unique()
    {
        new GitLabSource().DeliveryOf(Payload.Of("{}", ("X-Gitlab-Event-UUID", "u"))).ShouldBeNull("the content is its id");
        new GitLabSource().DeliveryOf(Payload.Of("{}", ("X-Gitlab-Event-UUID", "u"), ("Idempotency-Key", "k"))).ShouldBe("k");
    }

    [Fact]
    public void Tells_of_no_more_builds_than_a_CI_has()
    {
        var apps = string.Join(',', Enumerable.Range(0, 101).Select(i => $"{{\"name\":\"a{i}\"}}"));

        Should.Throw<FormatException>(() => new CompatSource().Read(Payload.Of($"{{\"build_number\":1,\"apps\":[{apps}]}}"))).Message.ShouldBe(
            "a webhook may tell of 100 builds, this one of 101");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"workflow_run":7,"build":"x","event_data":[],"apps":{},"object_kind":"pipeline","type":"PUSH_ARTIFACT","event":"build","build_number":1}""")]
    public void Of_a_strange_shape_is_ignored_and_never_fails(string body)
    {
        foreach (var source in (IWebhookSource[])[new GitHubSource(), new GitLabSource(), new GiteaSource(), new ForgejoSource(), new DroneSource(),
            new JenkinsSource(), new HarborSource(), new CompatSource(), new CdEventsSource(), new GenericSource(new WebhookOptions())])
        {
            var reading = source.Read(
                Payload.Of(body, ("X-GitHub-Event", "workflow_run"), ("X-Gitea-Event", "package"), ("X-Forgejo-Event", "registry_package")));
            reading.Builds.Count.ShouldBe(source is GenericSource && body.Contains("build_number", StringComparison.Ordinal) ? 1 : 0, source.Name);
        }
    }

    private static ReportedBuild Only(IWebhookSource source, string file, params (string Name, string Value)[] headers)
    {
        var reading = source.Read(Payload.Request(file, headers));
        reading.Ignored.ShouldBeNull();
        return reading.Builds.ShouldHaveSingleItem().Bounded();
    }
}
