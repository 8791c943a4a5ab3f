using System.Diagnostics;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Observability;

public sealed class A_traced_stage
{
    [Fact]
    public async Task Is_one_trace_from_a_persons_command_to_its_end_whoever_goes_on_with_it()
    {
        using var spans = new HeardSpans();
        await using var engine = await Engine.Start("sqlite", ("deploy:concurrent_apps", "1"), ("deploy:poll_interval", "5s"));
        await using var other = engine.Another();
        await engine.Application("api");
        await engine.Application("web", dependsOn: ["api"]);
        var batch = await engine.SealedBatch("api", "web");
        await engine.Deliver();
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        engine.Service.OnLook = _ => new DeployAnswer.Succeeded();

        var request = new Activity("request").Start();
        await engine.Accepted(batch, "start_prod_deploy");
        request.Stop();
        await engine.Deliver();
        // The first host is gone: the rows say what the stage's trace is.
        foreach (var operation in await engine.Operations(batch))
            operation.Trace.ShouldNotBeNull();
        engine.Clock.Advance(TimeSpan.FromMinutes(2));
        await other.Scan();
        await other.Pass(TimeSpan.FromMinutes(1));

        (await engine.Status(batch)).ShouldBe(BatchStatus.ProdDeployed);
        var trace = spans.Of(request.TraceId);
        var begun = trace.Single(span => span.OperationName == "begin prod");
        begun.ParentSpanId.ShouldBe(request.SpanId);
        var operations = (await engine.Operations(batch)).Where(o => o.Stage.CanBeTakenBack()).ToList();
        trace.Where(span => span.OperationName == "deploy application").Select(span => (
            span.GetTagItem("devopscd.operation.id"), span.ParentSpanId, new DateTimeOffset(span.StartTimeUtc), span.StartTimeUtc + span.Duration)).ShouldBe(
            operations.Select(o => ((object?)o.OperationId, begun.SpanId, o.StartedAt, o.FinishedAt!.Value.UtcDateTime)), ignoreOrder: true);
        trace.Count(span => span.OperationName == "submit").ShouldBe(2);
        trace.Count(span => span.OperationName == "look").ShouldBe(2);
        var stage = trace.Single(span => span.OperationName == "stage prod");
        (await engine.Find(batch.CorrelationId)).Prod.FinishedAt!.Value.UtcDateTime.ShouldBe(stage.StartTimeUtc + stage.Duration);
        stage.Status.ShouldBe(ActivityStatusCode.Unset);
        (await engine.Do<BatchQueries, BatchView?>(q => q.GetAsync(batch.Id, default)))!.TraceId.ShouldBe(request.TraceId.ToString());
    }

    [Fact]
    public async Task Has_a_trace_of_its_own_where_the_engine_starts_it_and_with_each_attempt()
    {
        using var spans = new HeardSpans();
        await using var engine = await Engine.Start();
        engine.Service.Submitted("api", new DeployAnswer.Failed("the image does not exist"));
        var batch = await engine.SealedBatch("api");

        var cause = new Activity("message").Start();
        await engine.Deliver();
        cause.Stop();
        var first = spans.Begun(await engine.Find(batch.CorrelationId), "pre");
        await engine.Accepted(batch, "start_pre_deploy");
        await engine.Deliver();

        first.ParentSpanId.ShouldBe(default);
        first.Links.ShouldHaveSingleItem().Context.TraceId.ShouldBe(cause.TraceId);
        var failed = spans.Of(first.TraceId);
        failed.Single(span => span.OperationName == "deploy application").ShouldSatisfyAllConditions(
            span => span.Status.ShouldBe(ActivityStatusCode.Error), span => span.StatusDescription.ShouldBe("the image does not exist"));
        failed.Single(span => span.OperationName == "stage pre").StatusDescription.ShouldNotBeNull().ShouldContain("the image does not exist");
        var second = spans.Begun(await engine.Find(batch.CorrelationId), "pre");
        second.TraceId.ShouldNotBe(first.TraceId);
        second.GetTagItem("devopscd.attempt").ShouldBe(2);
        spans.Of(second.TraceId).Single(span => span.OperationName == "stage pre").Status.ShouldBe(ActivityStatusCode.Unset);
    }

    [Fact]
    public async Task Takes_what_is_reported_from_outside_into_its_trace()
    {
        using var spans = new HeardSpans();
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        var operation = await engine.Operation(batch, "api");

        var callback = new Activity("callback").Start();
        await engine.Deliver(new Contracts.DeploymentReported { OperationId = operation.OperationId, Phase = Contracts.DeploymentPhase.Succeeded });
        callback.Stop();

        spans.Of(spans.Begun(await engine.Find(batch.CorrelationId), "pre").TraceId).ShouldContain(span => span.OperationName == "take report");
        spans.Of(callback.TraceId).ShouldBeEmpty();
    }
}
