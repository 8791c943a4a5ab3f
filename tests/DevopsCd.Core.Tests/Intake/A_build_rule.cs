using DevopsCd.Contracts;
using DevopsCd.Core.Intake.Webhooks;

namespace DevopsCd.Core.Tests.Intake;

public sealed class A_build_rule
{
    private static readonly ReportedBuild s_build = new()
    {
        Repository = "shop/mono",
        Branch = "release/7",
        Path = ".github/workflows/order.yml",
        Jobs = ["lint", "order"],
        Number = "128",
        Status = BuildStatus.Success,
        CommitId = "9f2c1d7e5b0a",
    };

    private static readonly KnownApplication[] s_known = [new("order", "https://git.example/shop/order.git"), new("stock", "shop/stock")];

    [Fact]
    public void Takes_a_build_when_all_its_patterns_match()
    {
        var matched = Match(s_build,
            new BuildRule
            {
                Application = "order",
                Source = "github",
                Repository = "shop/*",
                Branch = "release/*",
                Path = "*order.yml",
                Image = "r/shop/order",
                ImageTag = "{branch}-{number}-{short}"
            },
            new BuildRule { Application = "stock", Repository = "shop/mono", Path = "*stock.yml", Image = "r/shop/stock" });

        var build = matched.Builds.ShouldHaveSingleItem();
        (build.Application, build.Branch, build.ImageName, build.ImageTag).ShouldBe(("order", "release/7", "r/shop/order", "release-7-128-9f2c1d7e"));
        matched.Verdicts.Select(v => v.WhyNot).ShouldBe([null, "path '.github/workflows/order.yml' is not '*stock.yml'"]);
    }

    [Fact]
    public void May_give_one_build_to_several_applications()
    {
        var matched = Match(s_build, new BuildRule { Application = "order", Image = "r/order" }, new BuildRule { Application = "stock", Image = "r/stock" });

        matched.Builds.Select(b => b.Application).ShouldBe(["order", "stock"]);
    }

    [Fact]
    public void Matches_any_of_the_jobs()
    {
        Match(s_build, new BuildRule { Application = "order", Job = "order", Image = "r/order" }).Builds.ShouldHaveSingleItem();

        Match(s_build, new BuildRule { Application = "order", Job = "stock", Image = "r/order" }).Verdicts[0].WhyNot.ShouldBe(
            "job 'lint', 'order' is not 'stock'");
    }

    [Fact]
    public void Says_what_the_build_does_not_name()
    {
        var matched = Match(s_build, new BuildRule { Application = "order", Tag = "v*" });

        matched.Builds.ShouldBeEmpty();
        matched.Verdicts[0].WhyNot.ShouldBe("the build names no tag, the rule requires 'v*'");
    }

    [Fact]
    public void Is_not_needed_where_the_sender_or_the_repository_names_the_application()
    {
        Match(s_build with { Application = "stock", Image = "r/stock" }).Builds.ShouldHaveSingleItem().Application.ShouldBe("stock");
        Match(s_build with { Repository = "shop/order", Image = "r/order" }).Builds.ShouldHaveSingleItem().Application.ShouldBe("order");
        Match(s_build with { Repository = "git@git.example:shop/order.git", Image = "r/order" }).Builds.ShouldHaveSingleItem().Application.ShouldBe("order");
    }

    [Theory]
    [InlineData("elsewhere/order", "elsewhere/order")]
    [InlineData("git@git.example:elsewhere/order.git", "git.example/elsewhere/order")]
    [InlineData("order", "github/order")]
    public void Is_needed_for_a_repository_that_is_only_called_like_an_application(string repository, string keptAs) =>
        Match(s_build with { Repository = repository, Image = "r/order" }).Builds.ShouldHaveSingleItem().Application.ShouldBe(keptAs,
            "no application can have this name");

    [Fact]
    public void Says_that_the_image_is_missing()
    {
        Match(s_build with { Repository = "shop/stock" }).Problems.ShouldBe(["stock: neither the sender nor a rule names the image"]);
    }

    [Fact]
    public void Counts_for_a_branch_what_was_not_built_from_one_only_when_it_says_so()
    {
        var request = s_build with { Repository = "shop/order", Image = "r/order", Branch = "feature/x", NotOfBranch = "built for the merge request !7" };

        Match(request).Ignored.ShouldBe(["order: built for the merge request !7; only a rule with as_branch takes it"]);
        Match(request, new BuildRule { Application = "order" }).Builds.ShouldBeEmpty();
        var taken = Match(request, new BuildRule { Application = "order", AsBranch = "main" });
        taken.Builds.ShouldHaveSingleItem().Branch.ShouldBe("main");
        taken.Notes.ShouldBe(["counts for main by a rule, although built for the merge request !7"]);
    }

    [Fact]
    public void Says_for_which_branch_counts_what_names_none()
    {
        var pushed = s_build with { Repository = "shop/order", Image = "r/order", Branch = null, Tag = "1.4.0", ImageTag = "1.4.0" };

        Match(pushed).Problems.ShouldBe(["order: the sender names no branch, only the tag '1.4.0'; a rule's as_branch says for which one it counts"]);
        Match(pushed with { Branch = "HEAD", Tag = null }).Problems.ShouldBe(
            ["order: the sender names no branch; a rule's as_branch says for which one it counts"]);
        Match(pushed, new BuildRule { Application = "order", AsBranch = "refs/heads/main" }).Builds.ShouldHaveSingleItem().Branch.ShouldBe("main");
    }

    [Theory]
    [InlineData("refs/heads/release/7")]
    [InlineData("origin/release/7")]
    [InlineData("refs/remotes/origin/release/7")]
    [InlineData("heads/release/7")]
    public void Takes_the_long_forms_of_a_branch_for_the_branch(string branch) =>
        Match(s_build with { Branch = branch },
            new BuildRule { Application = "order", Branch = "release/7", Image = "r/order" }).Builds.ShouldHaveSingleItem().Branch.ShouldBe("release/7");

    [Theory]
    [InlineData("refs/pull/7/merge", "built for pull/7/merge, not from the branch")]
    [InlineData("refs/merge-requests/7/head", "built for merge-requests/7/head, not from the branch")]
    public void Sees_a_request_in_the_place_of_a_branch(string branch, string why) =>
        Match(s_build with { Branch = branch, Repository = "shop/order", Image = "r/order" }).Ignored.ShouldBe(
            [$"order: {why}; only a rule with as_branch takes it"]);

    [Fact]
    public void Can_exclude_and_then_nothing_else_gives_the_build_to_its_application()
    {
        var rule = new BuildRule { Application = "order", Image = "r/order", Except = new RulePatterns { Job = "deploy*", Branch = "release/old-*" } };
        var own = s_build with { Repository = "shop/order", Application = "order" };

        Match(own, rule).Builds.ShouldHaveSingleItem();
        var excepted = Match(own with { Jobs = ["lint", "deploy-eu"] }, rule);
        (excepted.Builds.Count, excepted.Ignored.Single()).ShouldBe((0, "a rule of order excepts it"));
        excepted.Verdicts[0].WhyNot.ShouldBe("job 'deploy-eu' is excepted by 'deploy*'");
        Match(own with { Branch = "release/old-3" }, rule).Builds.ShouldBeEmpty();
    }

    /// <summary>One webhook tells of two applications, and a rule names only the repository: the other's image must not become its build.</summary>
    [Fact]
    public void Gives_no_application_the_build_that_its_sender_names_as_another_one()
    {
        var rule = new BuildRule { Application = "order", Repository = "shop/mono" };

        var matched = Match(s_build with { Application = "stock", Image = "r/stock" }, rule);

        matched.Builds.ShouldHaveSingleItem().Application.ShouldBe("stock");
        matched.Verdicts[0].WhyNot.ShouldBe("the sender names the application 'stock'");
        Match(s_build with { Application = "order-service", Image = "r/order" }, rule).Builds.Single().Application.ShouldBe("order",
            "a name of the sender's own");
    }

    [Fact]
    public void Decides_alone_when_several_of_one_application_match() =>
        Match(s_build, new BuildRule { Application = "order", Image = "r/one" },
            new BuildRule { Application = "order", Image = "r/two" }).Builds.ShouldHaveSingleItem().ImageName.ShouldBe("r/one");

    [Theory]
    [InlineData("sha256-abababababababababababababababababababababababababababababababab.sig", "a signature, an attestation or an SBOM")]
    [InlineData("sha256-abababababababababababababababababababababababababababababababab.att", "a signature, an attestation or an SBOM")]
    [InlineData("sha256-abababababababababababababababababababababababababababababababab.sbom", "a signature, an attestation or an SBOM")]
    [InlineData("sha256-abababababababababababababababababababababababababababababababab", "a signature, an attestation or an SBOM")]
    [InlineData("1.4.0.sbom", "a signature, an attestation or an SBOM")]
    [InlineData("1.4.0-provenance", "a signature, an attestation or an SBOM")]
    [InlineData("buildcache", "a build cache")]
    [InlineData("buildcache-main", "a build cache")]
    [InlineData("main-cache", "a build cache")]
    [InlineData("abababababababababababababababababababababababababababababababab", "a build cache")]
    [InlineData("1.4.0-linux-arm64", "the image of a single platform")]
    [InlineData("1.4.0-amd64", "the image of a single platform")]
    [InlineData("1.4.0-arm-v7", "the image of a single platform")]
    [InlineData("main_linux_386", "the image of a single platform")]
    public void Ignores_what_is_no_image_of_the_application(string tag, string what)
    {
        var pushed = s_build with { Number = tag, ImageTag = tag, Image = "r/order" };

        Match(pushed, new BuildRule { Application = "order" }).Ignored.ShouldBe([$"order: '{tag}' is {what} and not the application's image"]);
    }

    [Theory]
    [InlineData("386")]
    [InlineData("1.4.386")]
    [InlineData("1.4.0-128")]
    [InlineData("cached-1")]
    [InlineData("main-9f2c1d7e5b0a4c3d8e6f7a1b2c3d4e5f60718293")]
    [InlineData("alarm-2")]
    public void Takes_every_other_tag(string tag) =>
        Match(s_build with { Number = tag, ImageTag = tag, Image = "r/order" }, new BuildRule { Application = "order" }).Builds.ShouldHaveSingleItem();

    [Fact]
    public void May_take_a_single_platform_or_a_cache_but_never_what_is_attached_to_an_image()
    {
        var rule = new BuildRule { Application = "order", AnyArtifact = true };

        Match(s_build with { ImageTag = "1.4-arm64", Image = "r/order" }, rule).Builds.ShouldHaveSingleItem();
        Match(s_build with { ImageTag = $"sha256-{new string('a', 64)}.sig", Image = "r/order" }, rule).Builds.ShouldBeEmpty();
    }

    // Each of these used to be expanded in what had been inserted: kilobytes became gigabytes.
    [Fact]
    public void Expands_its_template_once()
    {
        var build = s_build with { Number = "{commit}", CommitId = "{short}{number}", Branch = "{tag}" };

        Match(build, new BuildRule { Application = "order", Image = "r/order", ImageTag = "{number}-{branch}-{short}" }).Builds.ShouldHaveSingleItem().ImageTag
            .ShouldBe("{commit}--tag--{short}{");
    }

    [Fact]
    public void Looks_at_lengths_before_it_makes_anything_of_a_value()
    {
        var rule = new BuildRule { Application = "order", Image = "r/order", ImageTag = string.Concat(Enumerable.Repeat("{number}", 50)) };

        Should.Throw<FormatException>(() => Match(s_build with { Number = new string('1', 100_000) }, rule)).Message.ShouldBe(
            "buildNumber must have at most 100 characters, has 100000");
        Should.Throw<FormatException>(() => Match(s_build with { Repository = new string('r', 3000) }, rule)).Message.ShouldStartWith(
            "repository must have at most");
        var jobs = Match(s_build with { Jobs = [.. Enumerable.Range(0, 100_000).Select(i => new string('j', 100) + i)] },
            new BuildRule { Application = "order", Job = "x" });
        jobs.Verdicts[0].WhyNot!.Length.ShouldBeLessThan(3000);
    }

    [Fact]
    public void Loses_no_build_for_what_is_only_shown()
    {
        var build = Match(s_build with { CommitMessage = new string('m', 100_000), CommitAuthor = "Ann\r\nOther", Link = "javascript:alert(1)" },
            new BuildRule { Application = "order", Image = "r/order" }).Builds.Single();

        (build.CommitMessage!.Length, build.CommitAuthor, build.Link).ShouldBe((4096, "Ann  Other", null));
    }

    [Fact]
    public void That_cannot_work_is_told_at_the_start()
    {
        var options = new WebhookOptions
        {
            Rules = [new BuildRule { Application = "order", Image = "Not/An:image", ImageTag = "{nubmer}", AsBranch = "refs/tags/v1" }],
            Registries = [new RegistryOptions { Host = "registry.example", Url = "registry.example" }],
        };

        var wrong = options.Wrong(["github"]).ToList();

        wrong.Select(w => w.Split(' ')[0])
            .ShouldBe(["core:intake:rules:0:image", "core:intake:rules:0:as_branch", "core:intake:rules:0:image_tag", "core:intake:registries:0:url"]);
    }

    [Theory]
    [InlineData("shop/order", true)]
    [InlineData("SHOP/order.git", true)]
    [InlineData("git@git.example:shop/order.git", true)]
    [InlineData("ssh://git@git.example:22/shop/order.git", true)]
    [InlineData("git.example/shop/order", true)]
    [InlineData("archive/shop/order", false)]
    [InlineData("git@git.example:archive/shop/order.git", false)]
    [InlineData("https://git.example/archive/shop/order", false)]
    [InlineData("https://elsewhere.example/shop/order.git", false)]
    [InlineData("order", false)]
    public void Is_needed_where_the_repository_is_not_wholly_the_applications(string repository, bool isTheirs)
    {
        var matched = Match(s_build with { Repository = repository, Jobs = [], Image = "r/order" });

        matched.Builds.Any(b => b.Application == "order").ShouldBe(isTheirs);
    }

    private static MatchedBuilds Match(ReportedBuild build, params BuildRule[] rules) =>
        new BuildMatcher(new WebhookOptions { Rules = [.. rules] }).Match("github", build, s_known);
}
