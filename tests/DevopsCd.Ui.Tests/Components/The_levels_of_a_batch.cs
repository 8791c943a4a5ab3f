using Bunit;
using DevopsCd.Contracts.Api;
using DevopsCd.Host.Ui.Batches;
using DevopsCd.Host.Ui.Texts;

namespace DevopsCd.Ui.Tests.Components;

public sealed class The_levels_of_a_batch : ComponentTest
{
    /// <summary>base ← api ← web, base ← jobs, and alone.</summary>
    private static readonly BatchView s_batch = ABatch.Of(
        ABatch.Release("web", "api", "base"), ABatch.Release("api", "base"), ABatch.Release("jobs", "base"), ABatch.Release("base"),
        ABatch.Release("alone", "not in the batch"));

    [Fact]
    public void Follow_the_longest_way_of_what_waits_for_what() =>
        DependencyLevels.Of(s_batch).Levels.Select(level => string.Join(' ', level.Select(release => release.Application)))
            .ShouldBe(["alone base", "api jobs", "web"]);

    [Fact]
    public void Show_one_application_with_what_it_waits_for_and_what_waits_for_it()
    {
        var around = DependencyLevels.Of(s_batch).Around("api").ShouldNotBeNull();

        around.Columns.Select(column => string.Join(' ', column.Select(release => release.Application))).ShouldBe(["base", "api", "web"]);
        around.Edges.ShouldBe([("base", "api"), ("base", "web"), ("api", "web")], ignoreOrder: true);
        DependencyLevels.Of(s_batch).Around("nowhere").ShouldBeNull();
    }

    [Fact]
    public void End_where_the_dependencies_form_a_circle()
    {
        var batch = ABatch.Of(ABatch.Release("a", "b"), ABatch.Release("b", "a"));

        DependencyLevels.Of(batch).Levels.SelectMany(level => level).Count().ShouldBe(2);
        DependencyLevels.Of(batch).Around("a").ShouldNotBeNull().Columns.SelectMany(column => column).Count().ShouldBe(2);
    }

    [Fact]
    public void Count_how_their_applications_stand_and_lead_to_each()
    {
        var graph = Show<BatchGraph>(Language.English, of => of.Add(shown => shown.Batch, s_batch));

        graph.FindAll("[data-level]").Count.ShouldBe(3);
        graph.Find("[data-level='2'] b").TextContent.Trim().ShouldBe("2");
        graph.Find("[data-level='3'] li a").GetAttribute("href").ShouldBe("/batches/7?tab=graph&app=web");
    }

    [Fact]
    public void Draw_one_line_for_each_pair()
    {
        var graph = Show<BatchGraph>(Language.English, of => of.Add(shown => shown.Batch, s_batch).Add(shown => shown.Chosen, "api"));

        graph.FindAll("svg .edge").Count.ShouldBe(3);
        graph.FindAll("svg .box").Count.ShouldBe(3);
        graph.Find("svg .chosen text").TextContent.ShouldContain("api");
    }
}
