using DevopsCd.Core.Changes;
using DevopsCd.Core.Data;
using DevopsCd.Core.Tests.Engines;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Changes;

public sealed class Batches_that_this_process_has_changed
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Are_told_once_they_are_committed_and_not_before(string database)
    {
        await using var engine = await Engine.Start(database);
        var (changed, other) = (await engine.Batch("api"), await engine.Batch("web"));
        var told = Heard(engine);

        await engine.Do<CdDbContext>(db => db.InTransactionAsync(async () =>
        {
            (await db.Batches.SingleAsync(b => b.Id == changed.Id)).Title = "another";
            await db.SaveChangesAsync();
            told.ShouldBeEmpty("nobody may look before the commit");
        }));

        told.ShouldHaveSingleItem().ShouldBe([changed.Id]);
        await engine.Accepted(other, "approve");
        told[^1].ShouldBe([other.Id]);
    }

    [Fact]
    public async Task Are_not_told_of_what_was_rolled_back()
    {
        await using var engine = await Engine.Start("sqlite");
        var batch = await engine.Batch("api");
        var told = Heard(engine);

        await Should.ThrowAsync<InvalidOperationException>(engine.Do<CdDbContext>(db => db.InTransactionAsync(async () =>
        {
            (await db.Batches.SingleAsync(b => b.Id == batch.Id)).Title = "another";
            await db.SaveChangesAsync();
            throw new InvalidOperationException("it was not to be");
        })));

        told.ShouldBeEmpty();
    }

    private static List<IReadOnlyCollection<long>> Heard(Engine engine)
    {
        var told = new List<IReadOnlyCollection<long>>();
        engine.Services.GetRequiredService<ChangedBatches>().Told += told.Add;
        return told;
    }
}
