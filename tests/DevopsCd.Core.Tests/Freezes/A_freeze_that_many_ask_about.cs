using System.Globalization;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Freezes;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Freezes;

/// <summary>A scan asks for every batch that waits: what a rule of RFC 5545 comes to is computed once for all of them.</summary>
public sealed class A_freeze_that_many_ask_about
{
    [Fact]
    public void Is_computed_once_for_each_of_its_times()
    {
        var calendar = new FreezeCalendar();
        var freeze = new Freeze
        {
            Name = "weekly",
            Definition = FreezeRules.Write(new FreezeBody
            {
                Reason = "every week",
                Rule = "FREQ=WEEKLY;BYDAY=SU",
                Start = "2026-01-04T01:00",
                Duration = "1m",
                Zone = "Europe/Berlin"
            })
        };
        var now = DateTimeOffset.Parse("2026-03-02T09:00:00Z", CultureInfo.InvariantCulture);
        DateTimeOffset[] asked = [now, now.AddDays(300), now.AddMinutes(1), now.AddDays(300).AddHours(1)];
        var windows = asked.Select(at => calendar.Next(freeze, at)).ToList();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            foreach (var at in asked)
                calendar.Next(freeze, at);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / (100 * asked.Length);

        each.ShouldBeLessThan(200, "bytes: to compute it takes thousands");
        windows.ShouldBe([windows[0], windows[1], windows[0], windows[1]]);
        windows[0]!.Value.From.ShouldBe(DateTimeOffset.Parse("2026-03-08T00:00:00Z", CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Is_looked_up_once_for_batches_that_concern_the_same()
    {
        await using var engine = await Engine.Start();
        await engine.Do<FreezeDesk>(desk => desk.PutAsync("holidays",
            new FreezeBody { Reason = "inventory", From = engine.Now, To = engine.Now.AddDays(3), Clusters = ["production"] },
            Precondition.None, new AccessOrigin(Subject.User("bob"), EventSource.Http), default));
        foreach (var name in (string[])["api", "web"])
            await engine.SealedBatch(name);
        await engine.Application("elsewhere", prod: ["far"]);
        await engine.SealedBatch("elsewhere");

        var frozen = await engine.Do<FreezeBook, IReadOnlyDictionary<long, Frozen>>(book => book.OfAsync([1, 2, 3], Stage.Prod, default));

        frozen.Keys.ShouldBe([1, 2], ignoreOrder: true);
        frozen[1].ShouldBeSameAs(frozen[2]);
        frozen[1].Until.ShouldBe(engine.Now.AddDays(3));
    }
}
