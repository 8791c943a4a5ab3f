using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Tests.Engines;
using DevopsCd.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>What the deploy service saw when an operation failed, and what infrastructure costs: no try (R9).</summary>
public sealed class A_failure_with_a_cause
{
    private static readonly DeployAnswer s_down = new DeployAnswer.Transient("down");

    private static readonly DeployAnswer s_nodeLost = new DeployAnswer.Failed("NodeNotReady: Node is not ready")
    {
        Cause = new DeployCause { Class = DeployCauseClasses.Infrastructure, Reason = "NodeNotReady", Pod = "api-1", Node = "node-7" }
    };

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Of_infrastructure_is_begun_anew_and_uses_up_no_try(string database)
    {
        await using var engine = await Engine.Start(database);
        engine.Service.Submitted("api", [.. Enumerable.Repeat(s_nodeLost, 6), new DeployAnswer.Succeeded()]);
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(3));

        var operation = await engine.Operation(batch, "api");
        (operation.Status, operation.Tries, operation.Restarts, operation.Triage).ShouldBe((OperationStatus.Succeeded, 1, 6, null));
        var submits = engine.Service.Submits("api");
        submits.Zip(submits.Skip(1), (one, next) => next.At - one.At).ShouldBe(new[] { 1, 2, 4, 8, 16, 32 }.Select(s => TimeSpan.FromSeconds(s)));
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    [Fact]
    public async Task Of_infrastructure_that_does_not_heal_is_bounded_by_the_time_of_the_application()
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => s_nodeLost;
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(11));

        var operation = await engine.Operation(batch, "api");
        (operation.Status, operation.Tries, operation.FinishedAt - operation.StartedAt).ShouldBe((OperationStatus.TimedOut, 0, TimeSpan.FromMinutes(10)));
        operation.Restarts.ShouldBeGreaterThan(10);
        operation.Error!.ShouldEndWith($"begun anew {operation.Restarts} times; last: NodeNotReady: Node is not ready");
        FailureCause.Read(operation.Triage)!.Class.ShouldBe(DeployCauseClasses.Infrastructure);
        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed);
    }

    [Fact]
    public async Task Of_infrastructure_leaves_the_tries_for_what_they_are_for()
    {
        await using var engine = await Engine.Start();
        engine.Service.Submitted("api", s_down, s_nodeLost, s_down, s_down, s_nodeLost, s_down, new DeployAnswer.Succeeded());
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(3));

        var operation = await engine.Operation(batch, "api");
        (operation.Status, operation.Tries, operation.Restarts).ShouldBe((OperationStatus.Failed, 4, 2));
        operation.Error.ShouldBe("gave up after 4 tries: down");
        engine.Service.Submits("api").Count.ShouldBe(6);
    }

    [Fact]
    public async Task Of_infrastructure_after_a_cancel_is_an_end()
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        engine.Service.OnStop = _ => s_nodeLost;
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();

        await engine.Accepted(batch, "cancel");
        await engine.Pass(TimeSpan.FromMinutes(1));

        (await engine.Operation(batch, "api")).Restarts.ShouldBe(0);
        (await engine.Status(batch)).ShouldBe(BatchStatus.Cancelled);
    }

    [Fact]
    public async Task Of_any_other_kind_ends_it_and_is_told()
    {
        await using var engine = await Engine.Start("sqlite", ("notification:provider", "log"));
        engine.Service.Submitted("api", new DeployAnswer.Failed("CrashLoopBackOff: it ends")
        {
            Cause = new DeployCause
            {
                Class = DeployCauseClasses.Crash,
                Reason = "CrashLoopBackOff",
                Pod = "api-1",
                Container = "app",
                Message = "last ended with exit code 3",
                Events = [new DeployCauseEvent { Reason = "BackOff", Message = "Back-off restarting failed container", Count = 5 }],
                LastLines = ["starting", "password=hunter2hunter2", "fatal: no ledger"]
            }
        });
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(1));

        engine.Service.Submits("api").Count.ShouldBe(1);
        engine.Told<DeploymentFinished>().ShouldHaveSingleItem().Cause.ShouldBe(DeployCauseClasses.Crash);
        var view = (await engine.Do<BatchQueries, BatchView?>(q => q.GetAsync(batch.Id, default)))!.Releases.Single().Deployments.Single();
        view.Cause!.LastLines.ShouldBe(["starting", "password=***", "fatal: no ledger"]);
        var notice = (await engine.Read(db => db.Set<Notification>().AsNoTracking().ToListAsync())).Select(n => NoticeJson.Read(n.Payload))
            .First(n => n.Kind == NoticeKind.AppFailed);
        var message = new NoticeComposer(new NotificationOptions()).Compose(notice, []);
        message.Facts.ShouldContain(new MessageFact("故障类别 Cause", "崩溃 crash (CrashLoopBackOff) – pod api-1, container app"));
        message.Facts.ShouldContain(new MessageFact("事件 Events", "BackOff: Back-off restarting failed container (×5)"));
        message.Facts.ShouldContain(new MessageFact("日志 Last lines", "starting | password=*** | fatal: no ledger"));
        new NoticeComposer(new NotificationOptions()).Compose(notice with
        {
            Kind = NoticeKind.Transition,
            Applications = [.. notice.Applications.Select(a => a with { Cause = null })]
        }, [notice]).Facts.ShouldContain(f => f.Label == "故障类别 Cause", "carried by the end of the stage, it is told there");
        Markup.Line(message.Applications.Single(), 200).ShouldBe("api – 失败 failed 1.0.1 · 崩溃 crash: CrashLoopBackOff: it ends");
    }

    [Fact]
    public async Task Is_known_too_where_the_time_was_up_first()
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        engine.Service.OnStop = _ => new DeployAnswer.Stopped { Cause = new DeployCause { Class = DeployCauseClasses.Probe, Container = "app" } };
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(11));

        var operation = await engine.Operation(batch, "api");
        operation.Status.ShouldBe(OperationStatus.TimedOut);
        FailureCause.Read(operation.Triage)!.Class.ShouldBe(DeployCauseClasses.Probe);
    }

    [Theory]
    [InlineData("refused", DeployCauseClasses.Config)]
    [InlineData("unreachable", DeployCauseClasses.Infrastructure)]
    public async Task Is_known_too_where_the_deploy_service_never_began(string how, string kind)
    {
        await using var engine = await Engine.Start();
        engine.Service.OnSubmit = _ => how == "refused" ? new DeployAnswer.Refused("422: no such namespace") : s_down;
        var batch = await engine.SealedBatch("api");

        await engine.Pass(TimeSpan.FromMinutes(2));

        FailureCause.Read((await engine.Operation(batch, "api")).Triage)!.Class.ShouldBe(kind);
    }

    [Fact]
    public void Of_a_later_run_does_not_change_what_ran_before()
    {
        var rules = new OperationRules(new DeployOptions());
        var now = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
        var state = new OperationState { Status = OperationStatus.Pending, Tries = 0, DeadlineAt = now.AddMinutes(10), NextActionAt = now };

        state = Call(state, s_nodeLost with { Previous = new PreviousVersion("api:1", null, Unchanged: false) });
        var kept = Call(state, s_nodeLost with { Previous = new PreviousVersion("api:2", null, Unchanged: true) });
        var returned = Call(state, s_nodeLost with { Previous = new PreviousVersion("api:1", "7", Unchanged: false) });

        (kept.Previous!.Image, kept.PreviousRun).ShouldBe(("api:1", 0), "the first run had left the batch's own version there");
        (returned.Previous!.Revision, returned.PreviousRun).ShouldBe(("7", 1), "the first run had taken itself back");

        OperationState Call(OperationState from, DeployAnswer answer)
        {
            var (claimed, made) = rules.Claim(from, OperationCall.Submit, now);
            return rules.After(claimed, made, answer, now, cancelled: false);
        }
    }

    [Fact]
    public void Has_an_id_of_its_own_at_the_deploy_service_for_each_run()
    {
        var id = $"b1-{new string('a', 36)}-pre-1-0123456789ab";

        OperationId.OfRun(id, 0).ShouldBe(id);
        OperationId.OfRun(id, 12).ShouldBe($"{id}-r12");
        OperationId.HeadOfRun($"{id}-r12").ShouldBe(id);
        OperationId.HeadOfRun(id).ShouldBeNull();
        OperationId.OfRun(new string('b', 63), 1).Length.ShouldBe(63);
    }

    [Fact]
    public void Is_limited_whoever_has_told_it()
    {
        var told = new DeployCause
        {
            Class = "sabotage",
            Message = new string('m', 5000),
            Events = [.. Enumerable.Range(0, 20).Select(i => new DeployCauseEvent { Reason = "R", Message = $"{i}" })],
            LastLines = [.. Enumerable.Range(0, 90).Select(i => $"{i} {new string('l', 900)}")]
        };

        var kept = FailureCause.Read(FailureCause.Write(told))!;

        (kept.Class, kept.Message!.Length, kept.Events.Count, kept.Events[^1].Message).ShouldBe((DeployCauseClasses.Unknown, 1000, 5, "19"));
        kept.LastLines.Count.ShouldBe(15);
        kept.LastLines.ShouldAllBe(l => l.Length == 300);
        FailureCause.Read(FailureCause.Write(JsonSerializer.Deserialize<DeployCause>("""{"class":"crash","events":null,"lastLines":null}""",
            JsonSerializerOptions.Web)!))!.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Can_be_simulated_of_each_kind()
    {
        var clock = new FakeTimeProvider();
        var service = new SimulatedDeployService(new DeployOptions(), clock);
        foreach (var kind in DeployCauseClasses.All)
        {
            var settings = $$$"""{"simulate":{"duration":"0s","outcome":"fail","cause":"{{{kind}}}"}}""";
            SimulationScript.Check(settings);
            var operation = DeployClient.Operation("api");
            operation.Target = Target(settings);
            operation.StartedAt = clock.GetUtcNow();

            var answer = (await service.SubmitAsync(operation, default)).ShouldBeOfType<DeployAnswer.Failed>();

            answer.Cause!.Class.ShouldBe(kind);
            answer.Cause.Events.ShouldNotBeEmpty();
        }
        Should.Throw<BatchRefusedException>(() => SimulationScript.Check("""{"simulate":{"cause":"bad luck"}}""")).Fields
            .ShouldContainKey("strategy.simulate.cause");
    }

    [Fact]
    public async Task Of_simulated_infrastructure_heals_after_some_restarts()
    {
        var clock = new FakeTimeProvider();
        var service = new SimulatedDeployService(new DeployOptions(), clock);
        var operation = DeployClient.Operation("api");
        operation.Target = Target("""{"simulate":{"duration":"0s","outcome":"fail","cause":"infrastructure","restarts":2}}""");
        operation.StartedAt = clock.GetUtcNow();

        operation.Restarts = 1;
        (await service.SubmitAsync(operation, default)).ShouldBeOfType<DeployAnswer.Failed>();
        operation.Restarts = 2;
        (await service.SubmitAsync(operation, default)).ShouldBeOfType<DeployAnswer.Succeeded>();
    }

    private static string Target(string settings) => SealedTarget.Of([new ApplicationTarget
    {
        Stage = Stage.Pre,
        Cluster = "staging",
        Namespace = "shop",
        WorkloadKind = "Deployment",
        WorkloadName = "api",
        Strategy = "rolling",
        StrategySettings = settings
    }])[0].ToJson();
}
