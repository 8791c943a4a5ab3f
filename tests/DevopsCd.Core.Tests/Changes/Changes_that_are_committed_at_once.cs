using System.Collections.Concurrent;
using DevopsCd.Core.Changes;
using DevopsCd.Core.Data;
using DevopsCd.Core.Tests.Engines;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Changes;

public sealed class Changes_that_are_committed_at_once
{
    /// <summary>The first takes its id first and commits last: whoever reads by ids has passed it.</summary>
    [Fact]
    public async Task Are_told_in_the_order_of_their_commits()
    {
        await using var engine = await Engine.Start("postgres");
        var batch = await engine.Batch("api");
        var start = await Newest(engine);
        var (written, commit) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = engine.Do<CdDbContext>(db => db.InTransactionAsync(async () =>
        {
            await Write(db, batch.Id, engine.Now);
            written.SetResult();
            await commit.Task;
        }));
        await written.Task;

        await engine.Do<CdDbContext>(db => Write(db, batch.Id, engine.Now.AddSeconds(1)));
        var first = await After(engine, start);
        commit.SetResult();
        await slow;
        var second = await After(engine, first[^1].View.Cursor);

        first.ShouldHaveSingleItem().View.At.ShouldBe(engine.Now.AddSeconds(1));
        second.ShouldHaveSingleItem().View.ShouldSatisfyAllConditions(late => late.Cursor.ShouldBe(start + 2), late => late.At.ShouldBe(engine.Now));
    }

    [Theory]
    [InlineData("postgres", 40)]
    [InlineData("sqlite", 10)]
    public async Task Are_the_same_for_every_reader_without_a_gap_or_a_repetition(string provider, int transactions)
    {
        const int writers = 8, readers = 3;
        await using var engine = await Engine.Start(provider);
        await using var other = engine.Another();
        var batch = await engine.Batch("api");
        var start = await Newest(engine);
        var written = new ConcurrentBag<DateTimeOffset>();
        var random = new Random(20261130);
        var delays = Enumerable.Range(0, writers).Select(_ => Enumerable.Range(0, transactions).Select(_ => random.Next(3)).ToList()).ToList();

        var writing = Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < transactions; i++)
            {
                var marks = Enumerable.Range(0, 3).Select(n => engine.Now.AddMicroseconds((writer * 100_000) + (i * 10) + n)).ToList();
                await engine.Do<CdDbContext>(db => db.InTransactionAsync(async () =>
                {
                    foreach (var mark in marks)
                    {
                        await Write(db, batch.Id, mark);
                        for (var left = delays[writer][i]; left > 0; left--)
                            await Task.Yield();
                    }
                }));
                foreach (var mark in marks)
                    written.Add(mark);
            }
        })));
        var reading = Enumerable.Range(0, readers).Select(n => Task.Run(() => Follow(n == 0 ? engine : other, start, writers * transactions * 3))).ToList();
        await writing;
        var read = await Task.WhenAll(reading);

        read.ShouldAllBe(seen => seen.Select(c => c.Cursor).SequenceEqual(Enumerable.Range(1, seen.Count).Select(n => start + n)));
        read.ShouldAllBe(seen => seen.Select(c => c.At).SequenceEqual(read[0].Select(c => c.At)));
        read[0].Select(c => c.At).ShouldBe(written, ignoreOrder: true);
    }

    private static async Task<List<(long Cursor, DateTimeOffset At)>> Follow(Engine engine, long after, int count)
    {
        var seen = new List<(long Cursor, DateTimeOffset At)>();
        while (seen.Count < count)
            seen.AddRange((await After(engine, seen.Count == 0 ? after : seen[^1].Cursor)).Select(change => (change.View.Cursor, change.View.At)));
        return seen;
    }

    // Past the recorder, which would take a row that it has not written itself for one of a save that failed.
    private static Task Write(CdDbContext db, long batchId, DateTimeOffset at) => db.Database.ExecuteSqlRawAsync(
        "INSERT INTO batch_changes (batch_id, at) VALUES ({0}, {1})", batchId, db.Database.IsNpgsql() ? at : at.UtcTicks);

    private static Task<IReadOnlyList<ToldChange>> After(Engine engine, long cursor) =>
        engine.Do<ChangeLog, IReadOnlyList<ToldChange>>(log => log.AfterAsync(cursor, default));

    private static Task<long> Newest(Engine engine) => engine.Do<ChangeLog, long>(async log =>
    {
        await log.NumberAsync(default);
        return await log.NewestAsync(default);
    });
}
