using Bunit;
using DevopsCd.Contracts.Api;
using DevopsCd.Host.Ui.Batches;
using DevopsCd.Host.Ui.Texts;

namespace DevopsCd.Ui.Tests.Components;

public sealed class The_table_of_a_batch : ComponentTest
{
    [Fact]
    public void Begins_with_what_failed_and_says_why_in_full()
    {
        var batch = ABatch.Of(
            ABatch.Release("calm") with { PreStatus = "succeeded", Deployments = [ABatch.Operation("one", "succeeded")] },
            ABatch.Release("broken") with
            {
                PreStatus = "failed",
                StatusReason = "one: no such image",
                Deployments = [ABatch.Operation("one", "failed", "no such image\nevents: 3 × back-off"), ABatch.Operation("two", "succeeded")]
            });

        var table = Show<BatchApplications>(Language.English, of => of.Add(shown => shown.Batch, batch));

        table.FindAll("tbody tr").Select(row => row.Id).ShouldBe(["app-broken", "app-calm"]);
        table.Find("#app-broken pre").TextContent.ShouldBe("no such image\nevents: 3 × back-off");
        table.FindAll("#app-broken .at").Select(place => place.TextContent).ShouldBe(["one ✕", "two ✓"]);
        table.FindAll("#app-calm pre").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Language.English, "crash", "Last lines")]
    [InlineData(Language.Chinese, "崩溃", "最后的日志")]
    public void Tells_the_cause_of_what_failed_in_full(Language language, string kind, string lines)
    {
        var batch = ABatch.Of(ABatch.Release("broken") with
        {
            PreStatus = "failed",
            Deployments =
            [
                ABatch.Operation("one", "failed", "CrashLoopBackOff: it ends") with
                {
                    Restarts = 2,
                    Cause = new DeployCause
                    {
                        Class = DeployCauseClasses.Crash,
                        Reason = "CrashLoopBackOff",
                        Pod = "broken-1",
                        Node = "node-7",
                        Container = "app",
                        Message = "last ended with exit code 3",
                        Events = [new DeployCauseEvent { Reason = "BackOff", Message = "Back-off <restarting>", Count = 5 }],
                        LastLines = ["starting", "fatal: <no ledger>"]
                    }
                }
            ]
        });

        var table = Show<BatchApplications>(language, of => of.Add(shown => shown.Batch, batch));

        var cause = table.Find("#app-broken [data-cause=crash]");
        cause.QuerySelector(".mark")!.TextContent.ShouldBe(kind);
        cause.QuerySelectorAll("code").Select(c => c.TextContent).ShouldBe(["broken-1", "node-7", "app"]);
        cause.QuerySelector("li")!.TextContent.ShouldBe("BackOff: Back-off <restarting> (×5)");
        cause.TextContent.ShouldContain(lines);
        cause.QuerySelector(".lines")!.TextContent.ShouldBe("starting\nfatal: <no ledger>");
        table.Find("#app-broken").TextContent.ShouldContain("last ended with exit code 3");
    }

    [Fact]
    public void Marks_what_takes_far_longer_than_usual()
    {
        var batch = ABatch.Of(ABatch.Release("slow") with
        {
            PreStatus = "deploying",
            Deployments = [ABatch.Operation("one", "progressing") with { FinishedAt = null, LateSince = ABatch.Noon.AddMinutes(5) }]
        });

        var folded = Show<BatchApplications>(Language.English, of => of.Add(shown => shown.Batch, batch));
        var open = Show<BatchApplications>(Language.English, of => of.Add(shown => shown.Batch, batch).Add(shown => shown.Open, "slow"));

        folded.FindAll("#app-slow [data-late=op-one]").ShouldHaveSingleItem().TextContent.ShouldBe("far slower than usual since 12:05 UTC");
        open.FindAll("#app-slow [data-late=op-one]").ShouldHaveSingleItem();
    }

    [Fact]
    public void Shows_all_operations_of_the_row_that_is_asked_for_in_the_readers_zone()
    {
        var batch = ABatch.Of(ABatch.Release("calm") with { PreStatus = "succeeded", Deployments = [ABatch.Operation("one", "succeeded")] });

        var table = Show<BatchApplications>(Language.Chinese, of => of.Add(shown => shown.Batch, batch).Add(shown => shown.Open, "calm"));

        table.Find("#app-calm time").TextContent.ShouldBe("2026-11-30 20:00:00 +08:00");
        table.Find("#app-calm .operations").TextContent.ShouldContain("1 min 30 s");
        table.Find("#app-calm [data-operations]").GetAttribute("href").ShouldBe("/batches/7");
    }

    [Fact]
    public void Writes_what_others_have_written_as_text()
    {
        const string markup = "<img src=x onerror=alert(1)>\"'&";
        var batch = ABatch.Of(ABatch.Release("calm") with
        {
            Branch = markup,
            CommitId = markup,
            PinnedBy = markup,
            StatusReason = markup,
            PreStatus = "failed",
            Deployments = [ABatch.Operation(markup, "failed", markup), ABatch.Operation("two", "failed")]
        });

        var table = Show<BatchApplications>(Language.English, of => of.Add(shown => shown.Batch, batch).Add(shown => shown.Open, "calm"));

        table.FindAll("img").ShouldBeEmpty();
        table.Find("#app-calm td .quiet").TextContent.ShouldBe(markup);
        table.Find("#app-calm pre").TextContent.ShouldBe(markup);
        table.Find("#app-calm code").GetAttribute("title").ShouldBe(markup);
    }

    [Fact]
    public void Is_not_written_again_while_nothing_has_changed()
    {
        var batch = ABatch.Of(ABatch.Release("calm"));
        var table = Show<BatchApplications>(Language.English, of => of.Add(shown => shown.Batch, batch));

        table.Render(of => of.Add(shown => shown.Batch, batch));

        table.RenderCount.ShouldBe(1);
        table.Render(of => of.Add(shown => shown.Batch, batch with { Version = 1 }));
        table.RenderCount.ShouldBe(2);
    }
}
