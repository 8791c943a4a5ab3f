using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Evidence;
using DevopsCd.Core.Tests.Engines;
using DevopsCd.Shared.Evidence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Auditing;

/// <summary>§11: each row carries the hash of the one before it and of itself.</summary>
public sealed class The_chain_of_an_audit
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Has_a_link_for_every_row_accepted_or_not(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.SealedBatch("api", "web");
        await engine.Raise(batch, "final_accept", "what is \"not\" allowed \\ ends\nhere: 不行");
        await engine.Build("api", "2");
        await engine.Deliver();

        var rows = await engine.Audit(batch);

        rows.Select(row => row.Number).ShouldBe(Enumerable.Range(1, rows.Count).Select(number => (int?)number));
        rows[0].PreviousHash.ShouldBe("");
        for (var i = 1; i < rows.Count; i++)
            rows[i].PreviousHash.ShouldBe(rows[i - 1].Hash);
        rows.ShouldAllBe(row => row.Hash == AuditLine.HashOf(row), "as read from the database");
        (await Wrong(engine, batch)).ShouldBeEmpty();
        var end = await engine.Read(db => db.Set<AuditChain>().AsNoTracking().SingleAsync(c => c.BatchCorrelationId == batch.CorrelationId));
        (end.Length, end.Hash, end.Adopted).ShouldBe((rows.Count, rows[^1].Hash, 0));
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_one_for_all_who_write_at_the_same_time(string database)
    {
        await using var engine = await Engine.Start(database);
        await using var other = engine.Another();
        var batch = await engine.Batch("api");
        var before = (await engine.Audit(batch)).Count;

        // Refusals are written without the batch's lock, beside the event that is accepted.
        await Task.WhenAll([engine.Raise(batch, "approve"), .. Enumerable.Range(0, 10).SelectMany(_ =>
            new[] { engine.Raise(batch, "final_accept"), other.Raise(batch, "start_prod_deploy") })]);

        (await engine.Audit(batch)).Count.ShouldBe(before + 21);
        (await Wrong(engine, batch)).ShouldBeEmpty();
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Begins_with_the_rows_from_before_it_was_kept(string database)
    {
        await using var engine = await Engine.Start(database);
        var (ended, open) = (await engine.Batch("api"), await engine.Batch("web"));
        await engine.Accepted(ended, "cancel");
        await Forget(engine);

        await engine.Accepted(open, "approve");
        (await engine.Services.GetRequiredService<UnchainedRows>().ChainAsync(default)).ShouldBe(1, "the other has been chained with its next row");

        foreach (var (batch, adopted) in ((Batch, int)[])[(ended, 2), (open, 1)])
        {
            (await Wrong(engine, batch)).ShouldBeEmpty();
            (await engine.Audit(batch)).Select(row => row.Number).ShouldBe([1, 2]);
            (await engine.Read(db => db.Set<AuditChain>().AsNoTracking().SingleAsync(c => c.BatchCorrelationId == batch.CorrelationId)))
                .Adopted.ShouldBe(adopted);
        }
        (await engine.Services.GetRequiredService<UnchainedRows>().ChainAsync(default)).ShouldBe(0);
    }

    /// <summary>While hosts of the version before run beside this one.</summary>
    [Fact]
    public async Task Takes_in_what_an_older_host_writes_meanwhile()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.Batch("api");
        await engine.Accepted(batch, "approve");
        var last = (await engine.Audit(batch))[^1];
        await using (var old = engine.Database.Open())
        {
            old.BatchEvents.Add(new BatchEvent
            {
                BatchId = batch.Id,
                BatchCorrelationId = batch.CorrelationId,
                Event = "reject",
                Outcome = EventOutcome.Refused,
                Operator = "bob",
                Source = EventSource.Http,
                Version = last.Version,
                At = engine.Now
            });
            await old.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        await engine.Accepted(batch, "confirm_tag");

        (await Wrong(engine, batch)).ShouldBeEmpty("asking for evidence chains it");

        (await engine.Audit(batch)).Single(row => row.Operator == "bob").ShouldSatisfyAllConditions(
            row => row.Number.ShouldBe(4), row => row.Hash.ShouldBe(AuditLine.HashOf(row)));
    }

    [Fact]
    public async Task Is_kept_of_a_batch_that_is_not_there()
    {
        await using var engine = await Engine.Start();
        var nowhere = new Batch { CorrelationId = Guid.NewGuid() };

        await engine.Raise(nowhere, "approve");
        await engine.Raise(nowhere, "approve");

        (await engine.Audit(nowhere)).Select(row => (row.Number, row.Hash == AuditLine.HashOf(row))).ShouldBe([(1, true), (2, true)]);
    }

    [Fact]
    public async Task Is_written_in_a_transaction_alone()
    {
        await using var engine = await Engine.Start();

        (await Should.ThrowAsync<InvalidOperationException>(() => engine.Do<CdDbContext>(async db =>
        {
            db.BatchEvents.Add(new BatchEvent { BatchCorrelationId = Guid.NewGuid(), Event = "approve", Operator = "ann" });
            await db.SaveChangesAsync();
        }))).Message.ShouldContain("in a transaction");
    }

    /// <summary>As an upgrade finds it.</summary>
    private static Task Forget(Engine engine) => engine.Do<CdDbContext>(async db =>
    {
        await db.BatchEvents.ExecuteUpdateAsync(row => row.SetProperty(e => e.Number, (int?)null).SetProperty(e => e.Hash, (string?)null)
            .SetProperty(e => e.PreviousHash, (string?)null));
        await db.Set<AuditChain>().ExecuteDeleteAsync();
    });

    private static async Task<IReadOnlyList<string>> Wrong(Engine engine, Batch batch)
    {
        var made = (await engine.Do<EvidenceBook, EvidencePackage?>(b => b.MakeAsync(batch.Id, "user:auditor", default)))!;
        return EvidenceCheck.Of(new MemoryStream(made.Content), null).Single(statement => statement.Name == "audit").Failures;
    }
}
