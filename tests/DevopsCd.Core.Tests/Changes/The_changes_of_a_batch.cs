using DevopsCd.Contracts.Api;
using DevopsCd.Core.Changes;
using DevopsCd.Core.Data;
using DevopsCd.Core.Tests.Engines;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Changes;

public sealed class The_changes_of_a_batch
{
    public static TheoryData<string> Providers => new("postgres", "sqlite");

    [Theory, MemberData(nameof(Providers))]
    public async Task Are_every_row_of_its_audit_in_order(string provider)
    {
        await using var engine = await Engine.Start(provider);
        var batch = await engine.Batch("api", "web");
        await engine.Accepted(batch, "approve");
        await engine.Raise(batch, "final_accept");
        await engine.Accepted(batch, "confirm_tag");

        var told = await All(engine);

        told.Select(change => change.Cursor).ShouldBe(Enumerable.Range(1, told.Count).Select(n => (long)n));
        told.Select(change => change.Event?.Id).OfType<long>().ShouldBe((await engine.Audit(batch)).Select(row => row.Id));
        told.ShouldAllBe(change => change.BatchId == batch.Id && change.BatchNumber == batch.BatchNumber);
        told.Single(change => change.Event?.Event == "final_accept").Event!.Outcome.ShouldBe("refused");
    }

    [Fact]
    public async Task Show_how_each_operation_goes_on()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.SealedBatch("api", "web");
        await engine.Pass(TimeSpan.FromMinutes(5));

        var told = (await All(engine)).SelectMany(change => change.Applications ?? []).Where(a => a.Application == "api").ToList();

        told.SelectMany(a => a.Deployments).Select(d => d.Status).Distinct().ShouldBe(["pending", "succeeded"]);
        told.Last(a => a.PreStatus is not null).PreStatus.ShouldBe("succeeded");
        (await engine.Status(batch)).ShouldBe("PreDeployed");
    }

    [Fact]
    public async Task Do_not_include_a_claim_of_a_call()
    {
        await using var engine = await Engine.Start();
        await engine.SealedBatch("api");
        await engine.Pass(TimeSpan.FromMinutes(5));
        var before = (await All(engine)).Count;

        await engine.Do<CdDbContext, int>(async db =>
        {
            var operation = await db.Deployments.SingleAsync();
            operation.ClaimedUntil = operation.NextActionAt = engine.Now;
            return await db.SaveChangesAsync();
        });

        (await All(engine)).Count.ShouldBe(before);
    }

    [Fact]
    public async Task Are_told_where_the_audit_says_nothing_of_them()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.Batch("api");
        var before = (await All(engine)).Count;

        await engine.Do<CdDbContext, int>(async db =>
        {
            (await db.Batches.SingleAsync()).Pause(engine.Now, engine.Now.AddHours(1));
            return await db.SaveChangesAsync();
        });

        var told = (await All(engine)).Skip(before).ShouldHaveSingleItem();
        (told.BatchId, told.Event, told.Applications).ShouldBe((batch.Id, null, null));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Are_none_where_the_transaction_is_rolled_back(string provider)
    {
        await using var engine = await Engine.Start(provider);
        await engine.Batch("api");
        var before = (await All(engine)).Count;

        await engine.Do<CdDbContext>(db => Should.ThrowAsync<TimeoutException>(() => db.InTransactionAsync(async () =>
        {
            (await db.Batches.SingleAsync()).Title = "another";
            await db.SaveChangesAsync();
            throw new TimeoutException();
        })));

        (await All(engine)).Count.ShouldBe(before);
    }

    [Fact]
    public async Task Are_one_for_a_save_that_is_made_again()
    {
        await using var engine = await Engine.Start();
        await engine.Batch("api");
        var before = (await All(engine)).Count;

        await engine.Do<CdDbContext>(async db =>
        {
            var twice = new Counter { Name = "batches" };
            db.Add(twice);
            (await db.Batches.SingleAsync()).Title = "another";
            await Should.ThrowAsync<DbUpdateException>(() => db.SaveChangesAsync());
            db.Entry(twice).State = EntityState.Detached;
            await db.SaveChangesAsync();
        });

        (await All(engine)).Count.ShouldBe(before + 1);
    }

    private static Task<List<BatchChanged>> All(Engine engine) =>
        engine.Do<ChangeLog, List<BatchChanged>>(async log => [.. (await log.AfterAsync(0, default)).Select(change => change.View)]);
}
