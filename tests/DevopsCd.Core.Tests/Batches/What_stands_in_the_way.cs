using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>R17: the guards that refuse an event answer what stands in its way.</summary>
public sealed class What_stands_in_the_way
{
    [Fact]
    public async Task Of_an_event_is_nothing_exactly_where_it_is_legal()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:driver", "external"));
        var batch = await engine.Batch("api");

        foreach (var step in new[] { "approve", "confirm_tag", "start_pre_deploy", "pre_deploy_completed", "start_prod_deploy", "prod_deploy_completed",
            "final_accept" })
        {
            var state = await engine.Status(batch);
            var explained = await Explained(engine, batch);
            // The engine alone stops a stage, when a person asked for that; and before production has begun it cannot be rolled back.
            string[] more = state == "PreDeployed" ? ["start_prod_rollback"] : ["deploy_stopped", "prod_deploy_stopped"];
            explained.Where(e => e.Allowed).Select(e => e.Event)
                .ShouldBe(engine.Lifecycle.From(state).Select(r => r.Event).Except(more), ignoreOrder: true, state);
            explained.Where(e => !e.Allowed && !more.Contains(e.Event)).ShouldAllBe(e => e.Obstacles.First().Guard == "state");
            await engine.Accepted(batch, step);
        }

        (await Explained(engine, batch)).ShouldAllBe(e => !e.Allowed && e.Obstacles[0].Reason.StartsWith("the batch has ended as FinalAccepted"));
    }

    [Fact]
    public async Task Of_a_seal_is_named_with_who_can_lift_it_and_refuses_it_in_the_same_words()
    {
        await using var engine = await Engine.Start();
        await engine.Application("nobuild");
        await engine.Application("nosettings", pre: [], prod: []);
        await engine.Build("nosettings", "1");
        var created = await engine.Create(
            new ReleaseItem { Application = "nobuild", DependsOn = ["nosettings"] }, new ReleaseItem { Application = "nosettings", DependsOn = ["nobuild"] });
        var batch = await engine.Find(created.BatchCorrelationId);
        await engine.Accepted(batch, "approve");

        var seal = (await Explained(engine, batch)).Single(e => e.Event == "confirm_tag");
        var refused = await engine.Raise(batch, "confirm_tag");

        seal.Obstacles.Select(o => (o.Guard, o.LiftedBy)).ShouldBe([("build", "build.report"), ("targets", "application.manage"), ("dependencies", "edit")]);
        seal.Obstacles[0].Reason.ShouldBe("nobuild has no successful build on main");
        seal.Obstacles[2].Reason.ShouldContain(" → ");
        (refused.RefusalKind, refused.Reason).ShouldBe((RefusalKind.Illegal, string.Join("; ", seal.Obstacles.Select(o => o.Reason))));
        (await engine.Audit(batch)).Last().Reason.ShouldBe(refused.Reason);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Can_be_added_by_one_class_and_one_line(string database)
    {
        var freeze = new Freeze();
        await using var engine = await Engine.Start(services => services.AddSingleton(freeze).AddGuard<FreezeGuard>(), database);
        var batch = await engine.SealedBatch("api");
        freeze.Until = engine.Now.AddHours(2);

        var person = await engine.Raise(batch, "start_pre_deploy");
        await engine.Deliver();

        (person.Outcome, person.RefusalKind, person.Reason).ShouldBe((EventOutcome.Refused, RefusalKind.Illegal, "nothing starts over the holidays"));
        engine.Told<BatchEventRejected>().Select(r => (r.Event, r.Operator))
            .ShouldBe([("start_pre_deploy", Engine.Person), ("start_pre_deploy", Operators.Engine)]);
        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed);
        var explained = (await Explained(engine, batch)).Single(e => e.Event == "start_pre_deploy");
        (explained.Obstacles.ShouldHaveSingleItem() with { CanBeLiftedBy = null }).ShouldBe(
            new EventObstacle { Guard = "freeze", Reason = "nothing starts over the holidays", LiftedBy = "freeze.override", EarliestAt = freeze.Until });

        freeze.Until = null;
        (await engine.Raise(batch, "start_pre_deploy")).Outcome.ShouldBe(EventOutcome.Accepted);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Of_the_end_of_a_stage_keeps_it_open_and_undoes_nothing(string database)
    {
        var gate = new Freeze { Until = DateTimeOffset.MaxValue };
        await using var engine = await Engine.Start(services => services.AddSingleton(gate).AddGuard<GateGuard>(), database);
        var batch = await engine.SealedBatch("api");

        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeploying);
        (await engine.Operation(batch, "api")).Status.ShouldBe(OperationStatus.Succeeded, "what has ended has ended");
        (await engine.Audit(batch)).Last().Event.ShouldBe("start_pre_deploy", "a wait is no refusal");

        gate.Until = null;
        await engine.Deliver(new AdvanceStage { BatchId = batch.CorrelationId }, null);

        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    /// <summary>Of hundreds of applications, to be ready for changes takes longer than to read them.</summary>
    [Fact]
    public async Task Is_only_looked_at()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.Batch("api", "web");
        await engine.Accepted(batch, "approve");
        await using var scope = engine.Services.CreateAsyncScope();

        var explained = await scope.ServiceProvider.GetRequiredService<BatchExplainer>().ExplainAsync(batch.Id, (BatchEventType?)null, null, default);

        explained!.Events.Single(e => e.Event == "confirm_tag").Allowed.ShouldBeTrue();
        scope.ServiceProvider.GetRequiredService<CdDbContext>().ChangeTracker.Entries<BatchRelease>().ShouldBeEmpty();
    }

    private static async Task<IReadOnlyList<ExplainedEvent>> Explained(Engine engine, Batch batch) =>
        (await engine.Do<BatchExplainer, BatchExplanation?>(e => e.ExplainAsync(batch.Id, (BatchEventType?)null, null, default)))!.Events;

    private sealed class Freeze
    {
        public DateTimeOffset? Until { get; set; }
    }

    private sealed class FreezeGuard(Freeze freeze) : IEventGuard
    {
        public string Name => "freeze";

        public bool Guards(BatchEventType type) => type.StageEffect == StageEffect.Begins;

        public ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken) => ValueTask.FromResult(
            freeze.Until is { } until && BatchStatus.Sealed == question.Batch.Status
                ? new Obstacle("nothing starts over the holidays") { LiftedBy = "freeze.override", EarliestAt = until } : null);
    }

    private sealed class GateGuard(Freeze gate) : IEventGuard
    {
        public string Name => "gate";

        public bool Guards(BatchEventType type) => type.StageEffect == StageEffect.Ends;

        public ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken) =>
            ValueTask.FromResult(gate.Until is null ? null : new Obstacle("the smoke test has not answered"));
    }
}
