using System.Text.RegularExpressions;
using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Evidence;
using DevopsCd.Core.Tests.Engines;
using DevopsCd.Shared.Evidence;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Auditing;

/// <summary>Whoever can write to the database changes, removes or moves rows at random: each time the row is found and named.</summary>
public sealed class Any_change_of_an_audit
{
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task Is_found_and_named(int seed)
    {
        var random = new Random(seed);
        await using var engine = await Engine.Start();
        var batch = await History(engine);
        var rows = (await engine.Audit(batch)).Count;
        (await Wrong(engine, batch)).ShouldBeEmpty();

        for (var round = 0; round < 60; round++)
        {
            var number = random.Next(1, rows + 1);
            await using var db = engine.Database.Open();
            await using var undone = await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
            // Rows that others refer to are taken out as well.
            await db.Database.ExecuteSqlRawAsync("PRAGMA defer_foreign_keys = ON", TestContext.Current.CancellationToken);
            var (what, named) = random.Next(4) switch
            {
                0 => await Remove(db, batch, number),
                1 => await Swap(db, batch, number, 1 + (number + random.Next(rows - 1)) % rows),
                2 => await Insert(db, batch, number, rows),
                _ => await Change(db, batch, number, random)
            };

            var wrong = await Wrong(db, batch);

            foreach (var row in named)
                wrong.ShouldContain(failure => Regex.IsMatch(failure, $@"\brow {row}\b"), $"{what}: {string.Join("; ", wrong)}");
        }
    }

    /// <summary>One after the other, so that none is left to chance.</summary>
    [Fact]
    public async Task Is_found_in_each_column()
    {
        await using var engine = await Engine.Start();
        var batch = await History(engine);
        await using var names = engine.Database.Open();
        foreach (var property in Columns(names))
        {
            await using var db = engine.Database.Open();
            await using var undone = await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
            var row = await Row(db, batch, 2);
            Change(db, row, property);
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);

            (await Wrong(db, batch)).ShouldContain(failure => Regex.IsMatch(failure, @"\brow 2\b"), property);
        }
    }

    private static async Task<Batch> History(Engine engine)
    {
        var batch = await engine.SealedBatch("api", "web");
        await engine.Raise(batch, "final_accept");
        await engine.Deliver();
        await engine.Accepted(batch, "reopen");
        await engine.Build("api", "2");
        await engine.Accepted(batch, "confirm_tag");
        await engine.Deliver();
        return await engine.Find(batch.CorrelationId);
    }

    private static async Task<(string, int[])> Remove(CdDbContext db, Batch batch, int number)
    {
        db.Remove(await Row(db, batch, number));
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        return ($"row {number} removed", [number]);
    }

    private static async Task<(string, int[])> Swap(CdDbContext db, Batch batch, int one, int other)
    {
        if (one == other)
            return await Remove(db, batch, one);
        var (first, second) = (await Row(db, batch, one), await Row(db, batch, other));
        first.Number = null;
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        second.Number = one;
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        first.Number = other;
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        return ($"rows {one} and {other} swapped", [one, other]);
    }

    /// <summary>A row that would be right if it stood there.</summary>
    private static async Task<(string, int[])> Insert(CdDbContext db, Batch batch, int number, int rows)
    {
        var (like, last) = (await Row(db, batch, number), await Row(db, batch, rows));
        db.Entry(like).State = EntityState.Detached;
        (like.Id, like.MessageId, like.Number, like.PreviousHash) = (0, null, rows + 1, last.Hash);
        like.Hash = AuditLine.HashOf(like);
        db.Add(like);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        return ($"a row like {number} added", [rows + 1]);
    }

    private static async Task<(string, int[])> Change(CdDbContext db, Batch batch, int number, Random random)
    {
        var columns = Columns(db);
        var property = columns[random.Next(columns.Count)];
        Change(db, await Row(db, batch, number), property);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        return ($"{property} of row {number}", [number]);
    }

    /// <summary>To another value that the column takes.</summary>
    private static void Change(CdDbContext db, BatchEvent row, string name)
    {
        var property = db.Entry(row).Property(name);
        property.CurrentValue = (name, property.CurrentValue) switch
        {
            (nameof(BatchEvent.FromState) or nameof(BatchEvent.ToState), var state) =>
                (string?)state == BatchStatus.Cancelled ? BatchStatus.Sealed : BatchStatus.Cancelled,
            (nameof(BatchEvent.RefusalKind), var kind) => (RefusalKind?)kind == RefusalKind.Late ? RefusalKind.Denied : RefusalKind.Late,
            (_, EventOutcome outcome) => outcome == EventOutcome.Ignored ? EventOutcome.Accepted : EventOutcome.Ignored,
            (nameof(BatchEvent.Number), int) => 999,
            (_, int number) => number + 1,
            (_, long number) => number + 1,
            (nameof(BatchEvent.MessageId), _) => Guid.NewGuid(),
            (_, Guid) => Guid.NewGuid(),
            (_, DateTimeOffset at) => at.AddMicroseconds(1),
            (_, string text) => text + "x",
            _ => "x"
        };
    }

    private static List<string> Columns(CdDbContext db) =>
        [.. db.Model.FindEntityType(typeof(BatchEvent))!.GetProperties().Where(p => !p.IsPrimaryKey()).Select(p => p.Name)];

    private static Task<BatchEvent> Row(CdDbContext db, Batch batch, int number) =>
        db.BatchEvents.SingleAsync(e => e.BatchCorrelationId == batch.CorrelationId && e.Number == number, TestContext.Current.CancellationToken);

    private static Task<IReadOnlyList<string>> Wrong(Engine engine, Batch batch) => engine.Do<CdDbContext, IReadOnlyList<string>>(db => Wrong(db, batch));

    private static async Task<IReadOnlyList<string>> Wrong(CdDbContext db, Batch batch)
    {
        db.ChangeTracker.Clear();
        var (text, chain) = await EvidenceBook.AuditAsync(db, batch.CorrelationId, TestContext.Current.CancellationToken);
        return AuditCheck.Of(text, chain.Length, chain.Hash).Wrong;
    }
}
