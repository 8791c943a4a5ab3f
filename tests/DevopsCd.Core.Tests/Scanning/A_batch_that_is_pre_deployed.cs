using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Tests.Approvals;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Scanning;

/// <summary>R7.</summary>
public sealed class A_batch_that_is_pre_deployed
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Gets_its_plan_once_is_told_once_and_never_starts_by_itself(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await PreDeployed(engine);
        var planned = (await engine.Find(batch.CorrelationId)).ProdPlan.ShouldNotBeNull();

        for (var i = 0; i < 20; i++)
        {
            engine.Clock.Advance(TimeSpan.FromSeconds(30));
            (await engine.Scan())!.Prepared.ShouldBeEmpty();
            await engine.Deliver();
        }

        var after = await engine.Find(batch.CorrelationId);
        (after.Status, after.Prod.Attempt, after.ProdPlan).ShouldBe((BatchStatus.PreDeployed, 0, planned));
        var told = engine.Told<ProductionReady>().ShouldHaveSingleItem();
        told.Applications.ShouldBe(["api", "web"]);
        engine.Service.Calls.ShouldAllBe(c => c.Cluster == "staging");
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_found_by_the_scan_where_the_message_was_lost(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await PreDeployed(engine, lose: true);

        (await engine.Scan())!.Prepared.ShouldBe([batch.BatchNumber]);

        (await engine.Find(batch.CorrelationId)).ProdPlan.ShouldNotBeNull();
    }

    [Fact]
    public async Task Shows_order_images_and_what_runs_now()
    {
        await using var engine = await Engine.Start();
        var first = await PreDeployed(engine);
        foreach (var step in (string[])["start_prod_deploy", "final_accept"])
        {
            await engine.Accepted(first, step);
            await engine.Deliver();
        }
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await engine.Build("api", "2");

        var second = await PreDeployed(engine);

        var plan = JsonDocument.Parse((await engine.Find(second.CorrelationId)).ProdPlan!).RootElement.EnumerateArray().ToList();
        plan.Select(s => s.GetProperty("application").GetString()).ShouldBe(["api", "web"]);
        plan.Select(s => s.GetProperty("image").GetString()).ShouldBe(["registry.example/api:1.0.2", "registry.example/web:1.0.1"]);
        plan.Select(s => s.GetProperty("running").GetString()).ShouldBe(["registry.example/api:1.0.1", "registry.example/web:1.0.1"]);
        plan[1].GetProperty("dependsOn").EnumerateArray().Select(d => d.GetString()).ShouldBe(["api"]);
    }

    [Fact]
    public async Task Is_told_with_those_whose_approval_production_needs()
    {
        await using var engine = await Engine.Start("sqlite", ("notification:provider", "log"), ("auth:mode", "password"));
        await engine.SetPolicyAsync(new ApprovalPolicyBody { NotByAuthor = false },
            new ApprovalPolicyBody { Required = 2, Groups = new Dictionary<string, int> { ["sre"] = 1 }, NotByAuthor = true });
        await engine.Do<BindingDesk>(desk => desk.AddAsync(new BindingBody { Subject = "group:sre", Role = Roles.Operator, Project = Projects.All },
            new AccessOrigin(Subject.User("root"), EventSource.Http), default));

        await PreDeployed(engine);

        var row = await engine.Read(db => db.Set<Notification>().SingleAsync(n => n.Kind == NoticeKind.ProductionReady));
        var told = engine.Services.GetRequiredService<NoticeComposer>().Compose(NoticeJson.Read(row.Payload), []);
        told.Facts.ShouldContain(new MessageFact("尚缺 Still needed", "1 of group sre (group:sre); 1 more (group:sre)"));
        told.Facts.ShouldNotContain(fact => fact.Label.StartsWith("已审核"));
    }

    [Fact]
    public async Task Does_not_start_production_for_the_engine()
    {
        await using var engine = await Engine.Start();
        var batch = await PreDeployed(engine);

        await engine.Deliver(new StartProdDeploy { BatchId = batch.CorrelationId, Operator = "engine" }, Guid.NewGuid());

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        (await engine.Audit(batch)).Last().Reason.ShouldBe("start_prod_deploy requires a person; 'engine' is a system identity");
    }

    private static async Task<Batch> PreDeployed(Engine engine, bool lose = false)
    {
        if (!await engine.Read(db => db.Applications.AnyAsync()))
        {
            await engine.Application("api");
            await engine.Application("web", dependsOn: ["api"]);
        }
        var batch = await engine.SealedBatch("web", "api");
        while (engine.Mail.Next(engine.Now) is { } posted)
            if (!lose || posted.Message is not BatchTransitioned)
                await engine.Deliver(posted.Message, posted.Id);
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        return batch;
    }
}
