using DevopsCd.Contracts.Api;
using DevopsCd.Host.Ui.Batches;

namespace DevopsCd.Ui.Tests.Components;

public sealed class The_applications_of_a_new_batch
{
    private readonly ChosenApplications _chosen = new([Known("base"), Known("api", "base"), Known("web", "api"), Known("taken") with { OpenBatch = "B-1" }, Known("late", "taken")]);

    [Fact]
    public void Bring_along_what_they_depend_on_over_every_step()
    {
        _chosen.Add(["web"]);

        _chosen.Missing.ShouldBe(["api", "base"]);
        _chosen.Add(_chosen.Missing);
        _chosen.Missing.ShouldBeEmpty();
        _chosen.Before("api").ShouldBe(["base"]);
    }

    [Fact]
    public void Leave_out_what_another_open_batch_has()
    {
        _chosen.Add([("web", "hotfix"), ("taken", "main"), ("gone", "main")]).ShouldBe(["taken", "gone"]);

        _chosen.All.ShouldBe([("web", "hotfix")]);
        _chosen.Add(["late"]);
        _chosen.Missing.ShouldNotContain("taken");
    }

    [Fact]
    public void Name_a_branch_only_where_it_is_not_their_own()
    {
        _chosen.Add(["api", "base"]);
        _chosen.Follow("base", " hotfix ");
        _chosen.Follow("api", "");

        _chosen.ToItems().Select(item => (item.Application, item.Branch)).ShouldBe([("api", null), ("base", "hotfix")]);
    }

    private static ApplicationView Known(string name, params string[] dependsOn) => new()
    {
        Id = 1,
        Name = name,
        Project = "default",
        AppType = "service",
        DefaultBranch = "main",
        DependsOn = dependsOn,
        Targets = []
    };
}
