using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>R3.</summary>
public sealed class Two_open_batches_of_one_application
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Are_refused_with_the_number_of_the_first(string database)
    {
        await using var engine = await Engine.Start(database);
        var first = await engine.Batch("api", "web");

        var row = await engine.Create(new ReleaseItem { Application = "web" });

        (row.Outcome, row.RefusalKind).ShouldBe((EventOutcome.Refused, RefusalKind.Illegal));
        row.Reason.ShouldBe($"web is in open batch {first.BatchNumber}");
        (await engine.Read(db => db.Batches.CountAsync())).ShouldBe(1);
    }

    [Theory, InlineData("reject"), InlineData("cancel")]
    public async Task Are_no_conflict_once_the_first_has_ended(string end)
    {
        await using var engine = await Engine.Start();
        var first = await engine.Batch("api");
        await engine.Accepted(first, end);

        (await engine.Create(new ReleaseItem { Application = "api" })).Outcome.ShouldBe(EventOutcome.Noted);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Asked_for_in_the_same_instant_one_wins_and_the_other_hears_its_number(string database)
    {
        await using var one = await Engine.Start(database);
        await using var other = one.Another();
        for (var round = 0; round < 10; round++)
        {
            await one.Application($"api{round}");
            await one.Application($"web{round}");

            // The two name them in opposite order.
            var rows = await Task.WhenAll(
                Task.Run(() => one.Create(new ReleaseItem { Application = $"api{round}" }, new ReleaseItem { Application = $"web{round}" })),
                Task.Run(() => other.Create(new ReleaseItem { Application = $"web{round}" }, new ReleaseItem { Application = $"api{round}" })));

            var winner = rows.Where(r => r.Outcome == EventOutcome.Noted).ShouldHaveSingleItem();
            var loser = rows.Single(r => r != winner);
            (loser.Outcome, loser.RefusalKind).ShouldBe((EventOutcome.Refused, RefusalKind.Illegal), loser.Reason);
            loser.Reason.ShouldNotBeNull().ShouldContain((await one.Find(winner.BatchCorrelationId)).BatchNumber);
        }

        (await one.Read(db => db.Releases.GroupBy(r => r.AppId).CountAsync(g => g.Count(r => r.IsOpen) != 1))).ShouldBe(0);
    }
}
