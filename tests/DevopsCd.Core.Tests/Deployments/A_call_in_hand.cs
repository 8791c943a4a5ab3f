using DevopsCd.Contracts;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;
using DevopsCd.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>What becomes of a call that was claimed, and of its answer, when something comes between.</summary>
public sealed class A_call_in_hand
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Is_not_made_any_more_by_who_was_frozen_for_longer_than_its_claim()
    {
        await using var engine = await Engine.Start("postgres");
        var batch = await engine.SealedBatch("api");
        await UntilASubmitIsDue(engine);
        var operation = (await engine.Operations(batch)).ShouldHaveSingleItem();
        var frozen = Desk(engine, new WakingClock(engine.Clock, looksBefore: 1));

        await frozen.CallAsync(operation.BatchCorrelationId, operation.OperationId, cameBefore: false, default);

        engine.Service.Submits("api").ShouldBeEmpty();
    }

    [Fact]
    public async Task Keeps_its_answer_while_somebody_holds_the_row_of_the_batch()
    {
        await using var engine = await Engine.Start("postgres");
        engine.Service.Submitted("api", new DeployAnswer.Progressing());
        var batch = await engine.SealedBatch("api");
        await UntilASubmitIsDue(engine);
        var operation = (await engine.Operations(batch)).ShouldHaveSingleItem();
        await using var holder = new NpgsqlConnection(engine.Database.ConnectionString);
        await holder.OpenAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var take = new NpgsqlCommand($"SELECT 1 FROM batches WHERE id = {batch.Id} FOR UPDATE", holder, transaction))
            await take.ExecuteScalarAsync();

        var call = Desk(engine, engine.Clock).CallAsync(operation.BatchCorrelationId, operation.OperationId, cameBefore: false, default);
        var claimed = await Eventually.Sees(() => Claim(engine, batch), until => until is not null, "the call is claimed");
        var prolonged = await Eventually.Sees(() => Later(engine, batch), until => until > claimed, "the claim is prolonged after a wait for the row");
        prolonged.ShouldNotBeNull();
        call.IsCompleted.ShouldBeFalse();
        await transaction.RollbackAsync();
        await Eventually.IsTrue(() => Passes(engine, call), "the answer is written");

        (await call).ShouldBeTrue();
        engine.Service.Calls.Count.ShouldBe(1);
        var row = await engine.Operation(batch, "api");
        (row.Status, row.Tries, row.ClaimedUntil).ShouldBe((OperationStatus.Progressing, 1, null));
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Stays_its_callers_for_as_long_as_the_call_takes(string database)
    {
        await using var engine = await Engine.Start(database);
        engine.Service.Submitted("api", new DeployAnswer.Progressing());
        var batch = await engine.SealedBatch("api");
        await UntilASubmitIsDue(engine);
        var operation = (await engine.Operations(batch)).ShouldHaveSingleItem();
        var (slow, due) = (engine.Service.HoldNext(), engine.Now);

        var call = Desk(engine, engine.Clock).CallAsync(operation.BatchCorrelationId, operation.OperationId, cameBefore: false, default);
        await Eventually.IsTrue(() => engine.Service.Calls.Count == 1, "the call is made");
        await Eventually.IsTrue(() => IsHeldBeyond(engine, batch, due.AddMinutes(1)), "its claim is prolonged while it takes");
        (await Desk(engine, engine.Clock).CallAsync(operation.BatchCorrelationId, operation.OperationId, cameBefore: false, default))
            .ShouldBeFalse("it is nobody else's");
        slow.SetResult();

        (await call).ShouldBeTrue();
        engine.Service.Calls.Count.ShouldBe(1);
        var row = await engine.Operation(batch, "api");
        (row.Status, row.Tries, row.ClaimedUntil).ShouldBe((OperationStatus.Progressing, 1, null));
    }

    [Theory, InlineData("submit"), InlineData("stop")]
    public async Task Is_free_soon_after_its_host_was_lost_however_long_calls_may_take(string verb)
    {
        await using var engine = await Engine.Start("sqlite", ("k8s:call_timeout", "5m"), ("deploy:single_app_timeout", "1m"));
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        engine.Service.KillNext(verb);
        var batch = await engine.SealedBatch("api");
        var dying = engine.Pass(TimeSpan.FromMinutes(2));
        await Task.WhenAny(dying, engine.Service.Died);

        var claim = (await engine.Operation(batch, "api")).ClaimedUntil;
        claim.ShouldNotBeNull();
        (claim.Value - engine.Now).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void Is_recognised_by_either_end_when_nobody_knows_which_was_written()
    {
        var made = new CallMade(OperationCall.Look, s_start, s_start.AddSeconds(12), MayRunBefore: true) { Tried = s_start.AddSeconds(15) };

        var longer = OperationRules.Prolonged(made, s_start.AddSeconds(6));

        (made.Holds(made.Until), made.Holds(made.Tried), made.Holds(null)).ShouldBe((true, true, false));
        (longer.Until, longer.Tried).ShouldBe((s_start.AddSeconds(15), null), "the same end is asked for again, so that there is no third one");
    }

    private static async Task<bool> IsHeldBeyond(Engine engine, Batch batch, DateTimeOffset time)
    {
        if (await Claim(engine, batch) is { } until && until > time && until > engine.Now.AddSeconds(1))
            return true;
        engine.Clock.Advance(OperationRules.Renewal);
        return false;
    }

    private static async Task UntilASubmitIsDue(Engine engine)
    {
        while (engine.Mail.Next(engine.Now) is { Message: not DeployApplication } posted)
            await engine.Deliver(posted.Message, posted.Id);
    }

    private static async Task<DateTimeOffset?> Claim(Engine engine, Batch batch) => (await engine.Operations(batch)).Single().ClaimedUntil;

    /// <summary>The claim after some more time: a later end differs only where the clock moves.</summary>
    private static Task<DateTimeOffset?> Later(Engine engine, Batch batch)
    {
        engine.Clock.Advance(TimeSpan.FromMilliseconds(20));
        return Claim(engine, batch);
    }

    private static bool Passes(Engine engine, Task call)
    {
        engine.Clock.Advance(TimeSpan.FromSeconds(1));
        return call.IsCompleted;
    }

    private static DeploymentOperationRunner Desk(Engine engine, TimeProvider clock)
    {
        var (scopes, rules) = (engine.Services.GetRequiredService<IServiceScopeFactory>(), engine.Services.GetRequiredService<OperationRules>());
        return new DeploymentOperationRunner(scopes, new OperationClaims(scopes, rules, clock), engine.Services.GetRequiredService<OperationSettlement>(),
            engine.Service, rules, engine.Services.GetRequiredService<DeployOptions>(), clock, NullLogger<DeploymentOperationRunner>.Instance);
    }
}
