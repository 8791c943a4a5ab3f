using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Parking;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Data;

public sealed class Rows_that_have_had_their_time
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Are_removed_unless_a_batch_or_the_next_one_needs_them(string database)
    {
        await using var engine = await Engine.Start(database, ("retention:builds", "30d"));
        await engine.Batch("api");
        foreach (var number in (string[])["2", "3", "4"])
            await engine.Build("api", number, branch: "side");
        await engine.Build("nobody-knows", "1");
        var cleaning = engine.Services.GetRequiredService<OldRows<Build>>();

        (await cleaning.CleanAsync(default)).ShouldBe(0);
        engine.Clock.Advance(TimeSpan.FromDays(31));
        await engine.Build("api", "5", branch: "other");
        (await cleaning.CleanAsync(default)).ShouldBe(2);

        (await engine.Read(db => db.Builds.Select(b => b.ApplicationName + " " + b.BuildNumber).ToListAsync())).ShouldBe(
            ["api 1", "api 4", "api 5", "nobody-knows 1"], ignoreOrder: true);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Are_not_removed_while_they_wait_for_somebody(string database)
    {
        await using var engine = await Engine.Start(database, ("retention:parked", "1d"), ("retention:notices", "1d"));
        await engine.Do<CdDbContext>(async db =>
        {
            foreach (var status in Enum.GetValues<ParkedStatus>())
                db.Add(new ParkedMessage { Status = status, ReceivedAt = engine.Now, ResolvedAt = status == ParkedStatus.Parked ? null : engine.Now });
            foreach (var status in Enum.GetValues<NotificationStatus>())
                db.Add(new Notification
                {
                    NoticeKey = status.ToString(),
                    Channel = "lark",
                    Kind = default,
                    Payload = "{}",
                    Status = status,
                    CreatedAt = engine.Now
                });
            await db.SaveChangesAsync();
        });
        engine.Clock.Advance(TimeSpan.FromDays(2));

        await engine.Services.GetRequiredService<OldRows<ParkedMessage>>().CleanAsync(default);
        await engine.Services.GetRequiredService<OldRows<Notification>>().CleanAsync(default);

        (await engine.Read(db => db.Set<ParkedMessage>().Select(m => m.Status).ToListAsync())).ShouldBe([ParkedStatus.Parked]);
        (await engine.Read(db => db.Set<Notification>().Select(n => n.Status).ToListAsync())).ShouldBe(
            [NotificationStatus.Pending, NotificationStatus.Sending], ignoreOrder: true);
    }

    [Fact]
    public async Task Are_kept_where_nobody_has_given_them_an_age()
    {
        await using var engine = await Engine.Start();

        engine.Services.GetService<OldRows<Build>>().ShouldBeNull();
        engine.Services.GetService<OldRows<Notification>>().ShouldBeNull();
        engine.Services.GetService<OldRows<ParkedMessage>>().ShouldBeNull();
    }
}
