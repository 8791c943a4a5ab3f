using DevopsCd.Core.Changes;
using DevopsCd.Core.Data;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Changes;

public sealed class Old_changes
{
    [Theory]
    [InlineData("postgres")]
    [InlineData("sqlite")]
    public async Task Are_forgotten_after_a_day_and_whoever_had_not_come_so_far_is_told_so(string provider)
    {
        await using var engine = await Engine.Start(provider);
        await engine.Batch("api");
        var old = await Count(engine);
        var cleaning = engine.Services.GetRequiredService<OldChanges>();
        engine.Clock.Advance(OldChanges.Kept - TimeSpan.FromSeconds(1));
        await engine.Batch("web");
        var all = await Count(engine);

        var early = await cleaning.CleanAsync(default);
        var (keptAtFirst, keptAtOnce) = (await Keeps(engine, 0), await Keeps(engine, old));
        engine.Clock.Advance(TimeSpan.FromSeconds(2));
        var late = await cleaning.CleanAsync(default);

        (early, keptAtFirst, keptAtOnce).ShouldBe((0, true, true));
        late.ShouldBe(old);
        (await Keeps(engine, 0)).ShouldBeFalse();
        (await Keeps(engine, old - 1)).ShouldBeFalse();
        (await Keeps(engine, old)).ShouldBeTrue("the next one is there");
        (await Keeps(engine, all)).ShouldBeTrue("it has all");
        (await Keeps(engine, all + 1)).ShouldBeFalse("no such cursor was given");
    }

    [Fact]
    public async Task Are_numbered_by_what_removes_them_so_that_the_gap_is_seen()
    {
        await using var engine = await Engine.Start();
        await engine.Batch("api");
        var rows = await Count(engine);
        engine.Clock.Advance(OldChanges.Kept + TimeSpan.FromSeconds(1));

        (await engine.Services.GetRequiredService<OldChanges>().CleanAsync(default)).ShouldBe(rows);

        (await Keeps(engine, 0)).ShouldBeFalse();
        (await Keeps(engine, rows)).ShouldBeTrue();
    }

    private static Task<int> Count(Engine engine) => engine.Read(db => db.Set<BatchChange>().CountAsync());

    private static Task<bool> Keeps(Engine engine, long cursor) => engine.Do<ChangeLog, bool>(log => log.KeepsAllAfterAsync(cursor, default));
}
