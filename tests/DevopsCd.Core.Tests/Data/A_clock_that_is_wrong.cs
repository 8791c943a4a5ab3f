using DevopsCd.Core.Data;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Core.Tests.Data;

public sealed class A_clock_that_is_wrong
{
    private static readonly DateTimeOffset s_database = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Theory, InlineData(120), InlineData(-120), InlineData(0.2)]
    public async Task Is_set_by_the_database(double ahead)
    {
        var clock = new DatabaseClock(new FakeTimeProvider(s_database.AddSeconds(ahead)));

        await clock.CompareAsync(() => Task.FromResult(s_database));

        clock.GetUtcNow().ShouldBe(s_database);
        clock.Skew.ShouldBe(TimeSpan.FromSeconds(ahead));
        clock.IsWrong.ShouldBe(Math.Abs(ahead) > 5);
    }

    [Fact]
    public async Task Is_no_better_for_a_slow_answer()
    {
        var machine = new FakeTimeProvider(s_database);
        var clock = new DatabaseClock(machine);

        await clock.CompareAsync(Slowly, times: 1);

        clock.Skew.ShouldBe(TimeSpan.Zero, "it may all have been the way back");

        Task<DateTimeOffset> Slowly()
        {
            var there = machine.GetUtcNow();
            machine.Advance(TimeSpan.FromSeconds(3));
            return Task.FromResult(there);
        }
    }

    [Fact]
    public async Task Is_measured_by_the_quickest_of_several_answers()
    {
        var machine = new FakeTimeProvider(s_database.AddSeconds(30));
        var clock = new DatabaseClock(machine);
        var ways = new Queue<double>([4, 0, 2]);

        await clock.CompareAsync(() =>
        {
            var there = machine.GetUtcNow().AddSeconds(-30);
            machine.Advance(TimeSpan.FromSeconds(ways.Dequeue()));
            return Task.FromResult(there);
        });

        clock.Skew.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Does_not_reach_what_several_instances_share()
    {
        await using var engine = await Engine.Start("postgres");
        var machine = engine.Clock.GetUtcNow();

        await engine.Services.GetRequiredService<ClockWatch>().CompareAsync(TestContext.Current.CancellationToken);

        var shared = engine.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var database = await engine.Read(db => db.Database.SqlQueryRaw<DateTimeOffset>("SELECT clock_timestamp() AS \"Value\"").SingleAsync());
        (database - shared).ShouldBeInRange(TimeSpan.FromSeconds(-10), TimeSpan.FromMinutes(1));
        (machine - shared).Duration().ShouldBeGreaterThan(TimeSpan.FromDays(1), "the engine's machine lives in another month");
    }
}
