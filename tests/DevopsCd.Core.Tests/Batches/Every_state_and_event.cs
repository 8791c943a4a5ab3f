using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>All pairs, driven for real; an outside system owns the stages, so that every event can be raised by hand.</summary>
public sealed class Every_state_and_event
{
    public static TheoryData<short> States => [.. SeedTable.States.Select(s => s.Code)];

    public static TheoryData<string, short, short> Rows =>
        [.. SeedTable.Rows.Concat(SeedTable.RowsOfR16).Concat(SeedTable.RowsOfR18)
            // Where the stage has to be stopped first, or must have failed on its way, they have tests of their own.
            .Concat(SeedTable.RowsOfR19.Where(r => r.From is 32 or 33)).Select(r => new TheoryDataRow<string, short, short>(r.Event, r.From, r.To))];

    [Theory, MemberData(nameof(Rows))]
    public async Task Moves_where_the_table_has_a_row(string batchEvent, short from, short to)
    {
        await using var engine = await External();
        var batch = await In(engine, from);

        var row = await engine.Raise(batch, batchEvent);

        row.Outcome.ShouldBe(EventOutcome.Accepted, row.Reason);
        (BatchStatus.Code(row.FromState!), BatchStatus.Code(row.ToState!), row.Event, row.Operator, row.Source, row.At)
            .ShouldBe((from, to, batchEvent, Engine.Person, EventSource.Http, engine.Now));
        var after = await engine.Find(batch.CorrelationId);
        BatchStatus.Code(after.Status).ShouldBe(to);
        after.Version.ShouldBe(batch.Version + 1);
        row.Version.ShouldBe(after.Version);
        engine.Told<BatchTransitioned>().Count(t => t.Event == batchEvent && t.From == row.FromState && t.To == row.ToState).ShouldBe(1);
    }

    [Theory, MemberData(nameof(States))]
    public async Task Is_refused_aloud_where_it_has_none(short state)
    {
        await using var engine = await External();
        var batch = await In(engine, state);
        var releases = await Content(engine, batch);
        var audit = (await engine.Audit(batch)).Count;
        // Cancel in 21 is a row of R6; it has a test of its own.
        var illegal = SeedTable.Events.Concat(SeedTable.FurtherEvents).Select(e => e.Event).Where(e => !SeedTable.Rows.Concat(SeedTable.Extensions).Any(r => r.Event == e && r.From == state))
            .ToList();
        illegal.ShouldNotBeEmpty();

        foreach (var batchEvent in illegal)
        {
            var row = await engine.Raise(batch, batchEvent);

            row.Outcome.ShouldBeOneOf(EventOutcome.Refused, EventOutcome.Ignored);
            (row.Outcome == EventOutcome.Ignored).ShouldBe(BatchStatus.Ended(batch.Status) && !BatchEventTypes.Get(batchEvent).ByPerson,
                $"a fact after the end is ignored, an order is refused: {batchEvent}");
            (row.Event, row.FromState, row.ToState, row.Operator, row.Version).ShouldBe((batchEvent, batch.Status, batch.Status, Engine.Person, batch.Version));
            row.Reason.ShouldNotBeNullOrWhiteSpace();
            var told = engine.Told<BatchEventRejected>().Last();
            (told.Event, told.State, told.Id).ShouldBe((batchEvent, batch.Status, batch.Id));
            told.LegalEvents.ShouldBe(SeedTable.Rows.Concat(SeedTable.Extensions).Where(r => r.From == state).Select(r => r.Event), ignoreOrder: true);
        }

        (await engine.Find(batch.CorrelationId)).ShouldBeEquivalentTo(batch);
        (await Content(engine, batch)).ShouldBe(releases);
        (await engine.Audit(batch)).Count.ShouldBe(audit + illegal.Count);
    }

    [Fact]
    public async Task Is_refused_for_a_batch_that_does_not_exist()
    {
        await using var engine = await External();
        var nobody = new Batch { CorrelationId = Guid.NewGuid() };

        foreach (var (batchEvent, _) in SeedTable.Events.Concat(SeedTable.FurtherEvents))
        {
            var row = await engine.Raise(nobody, batchEvent);

            (row.Outcome, row.RefusalKind, row.BatchId, row.FromState).ShouldBe((EventOutcome.Refused, RefusalKind.NotFound, null, null));
        }
    }

    private static Task<Engine> External() => Engine.Start("sqlite", ("deploy:driver", "external"));

    private static async Task<Batch> In(Engine engine, short state)
    {
        var batch = await engine.Batch("api", "web");
        foreach (var step in SeedTable.Path(state))
            await engine.Accepted(batch, step);
        return await engine.Find(batch.CorrelationId);
    }

    private static async Task<List<string>> Content(Engine engine, Batch batch) =>
        [.. (await engine.Releases(batch)).Select(
            r => $"{r.App.Name} {r.BuildId} {r.Image} {r.IsLocked} {r.IsOpen} {r.PreStatus} {r.ProdStatus} {r.SealedTargets}")];
}
