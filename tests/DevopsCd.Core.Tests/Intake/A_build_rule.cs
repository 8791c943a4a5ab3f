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

    private static readonly KnownApplication[] s_known = [new("order", "https://git.example/shop/order.git", "main"), new("stock", "shop/stock", "trunk")];

    [Fact]
    public void Takes_a_build_when_all_its_patterns_match()
    {
        var matched = Match(s_build,
            new BuildRule { Application = "order", Source = "github", Repository = "shop/*", Branch = "release/*", Path = "*order.yml", Image = "r/shop/order", ImageTag = "{branch}-{number}-{short}" },
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

        Match(s_build, new BuildRule { Application = "order", Job = "stock", Image = "r/order" }).Verdicts[0].WhyNot.ShouldBe("job 'lint', 'order' is not 'stock'");
    }

    [Fact]
    public void Says_what_the_build_does_not_name()
    {
        var matched = Match(s_build, new BuildRule { Application = "order", Tag = "v*" });

        matched.Builds.ShouldBeEmpty();
        matched.Verdicts[0].WhyNot.ShouldBe("the build names no tag, the rule wants 'v*'");
    }

    [Fact]
    public void Is_not_needed_where_the_sender_or_the_repository_names_the_application()
    {
        Match(s_build with { Application = "stock", Image = "r/stock" }).Builds.ShouldHaveSingleItem().Application.ShouldBe("stock");
        var build = Match(s_build with { Repository = "shop/order", Branch = null, Image = "r/order" }).Builds.ShouldHaveSingleItem();
        (build.Application, build.Branch).ShouldBe(("order", "main"));
        Match(s_build with { Repository = "git@git.example:shop/order.git", Image = "r/order" }).Builds.ShouldHaveSingleItem().Application.ShouldBe("order");
    }

    [Theory]
    [InlineData("elsewhere/order", "elsewhere/order")]
    [InlineData("git@git.example:elsewhere/order.git", "git.example/elsewhere/order")]
    [InlineData("order", "github/order")]
    public void Is_needed_for_a_repository_that_is_only_called_like_an_application(string repository, string keptAs) =>
        Match(s_build with { Repository = repository, Image = "r/order" }).Builds.ShouldHaveSingleItem().Application.ShouldBe(keptAs, "no application can have this name");

    [Fact]
    public void Says_that_the_image_is_missing()
    {
        Match(s_build with { Repository = "shop/stock" }).Problems.ShouldBe(["stock: neither the sender nor a rule names the image"]);
    }

    private static MatchedBuilds Match(ReportedBuild build, params BuildRule[] rules) =>
        new BuildMatcher(new WebhookOptions { Rules = [.. rules] }).Match("github", build, s_known);
}
