using DevopsCd.Core.Observability;
using DevopsCd.Core.Scanning;
using DevopsCd.Core.Tests.Engines;
using DevopsCd.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Core.Tests.Observability;

public sealed class Work_that_hangs
{
    [Fact]
    public void Is_named_from_the_time_on_that_a_turn_may_take_until_it_ends()
    {
        var clock = new FakeTimeProvider();
        var watch = new WorkWatch(clock);
        using var quick = watch.Begin("the scan", TimeSpan.FromMinutes(10));
        var first = watch.Begin("the sweep", TimeSpan.FromMinutes(2));
        clock.Advance(TimeSpan.FromMinutes(1));
        var second = watch.Begin("the sweep", TimeSpan.FromMinutes(2));

        clock.Advance(TimeSpan.FromMinutes(1));
        watch.Hanging().ShouldBeEmpty();
        clock.Advance(TimeSpan.FromMinutes(1));
        watch.Hanging().ShouldBe([new HangingWork("the sweep", TimeSpan.FromMinutes(3), 1)]);
        watch.Hanging(times: 3).ShouldBeEmpty();
        clock.Advance(TimeSpan.FromMinutes(4));
        watch.Hanging(times: 2).ShouldBe([new HangingWork("the sweep", TimeSpan.FromMinutes(7), 2)]);
        first.Dispose();
        second.Dispose();

        watch.Hanging().ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_a_consumer_whose_call_never_comes_back()
    {
        await using var engine = await Engine.Start();
        var watch = engine.Services.GetRequiredService<WorkWatch>();
        var call = engine.Service.HoldNext();
        await engine.SealedBatch("api");
        var delivery = engine.Deliver();
        await Eventually.IsTrue(() => engine.Service.Calls.Count > 0, "the call is made");

        engine.Clock.Advance(TimeSpan.FromMinutes(6));
        var hanging = watch.Hanging();
        call.SetResult();
        await delivery;

        hanging.ShouldContain(part => part.Part == "the consumers of 'deploy-application'");
        watch.Hanging().ShouldBeEmpty();
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_a_schedule_by_which_no_scan_comes(string database)
    {
        await using var engine = await Engine.Start(database);
        await using var other = engine.Another();
        var scans = other.Services.GetRequiredService<CompletedScans>();
        (await scans.LastAsync(default)).ShouldBeNull();

        await engine.Scan();
        var first = engine.Now;
        engine.Clock.Advance(TimeSpan.FromMinutes(1));

        (await scans.LastAsync(default)).ShouldBe(first, "it is known on every host");
    }
}
