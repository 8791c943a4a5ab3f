using Bunit;
using DevopsCd.Core.Configuration;
using DevopsCd.Host.Ui.Batches;
using DevopsCd.Host.Ui.Texts;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Ui.Tests.Components;

public sealed class The_timeline_of_a_batch : ComponentTest
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public void Leads_to_the_trace_of_its_stage_where_traces_are_looked_at()
    {
        var shown = Timeline("https://jaeger.example.com/trace/{trace_id}", Trace).Find($"[data-trace='{Trace}'] a");

        shown.GetAttribute("href").ShouldBe($"https://jaeger.example.com/trace/{Trace}");
        shown.TextContent.ShouldBe(Trace);
    }

    [Fact]
    public void Tells_the_trace_where_nobody_has_said_where_to_look_at_it()
    {
        var shown = Timeline(null, Trace).Find($"[data-trace='{Trace}']");

        shown.TextContent.ShouldContain(Trace);
        shown.QuerySelector("a").ShouldBeNull();
    }

    [Fact]
    public void Tells_of_no_trace_where_none_was_made() =>
        Timeline("https://jaeger.example.com/trace/{trace_id}", null).FindAll("[data-trace]").ShouldBeEmpty();

    private IRenderedComponent<BatchTimeline> Timeline(string? address, string? trace)
    {
        Services.AddSingleton(new CoreOptions { TraceUrl = address });
        var batch = ABatch.Of(ABatch.Release("api") with { Deployments = [ABatch.Operation("one", "succeeded")] }) with { TraceId = trace };
        return Show<BatchTimeline>(Language.English, of => of.Add(shown => shown.Batch, batch));
    }
}
