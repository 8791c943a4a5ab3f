using DevopsCd.Contracts;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Scanning;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Scanning;

public sealed class An_operation_that_takes_longer_than_usual
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_told_once_over_hosts_and_restarts(string database)
    {
        await using var engine = await Engine.Start(database, ("notification:provider", "log"), ("deploy:single_app_timeout", "10m"));
        await engine.Application("api", prod: []);
        for (var i = 0; i < 5; i++)
            await Release(engine);
        engine.Service.Submitted("api", new DeployAnswer.Progressing(TimeSpan.FromHours(1)));
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        await using var other = engine.Another();

        engine.Clock.Advance(TimeSpan.FromSeconds(10));
        await engine.Scan();
        (await engine.Operation(batch, "api")).LateSince.ShouldBeNull("twice as long is not yet more than that");
        engine.Clock.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(engine.Scan(), other.Scan());
        var at = engine.Now;
        engine.Clock.Advance(TimeSpan.FromSeconds(30));
        await other.Scan();

        (await engine.Operation(batch, "api")).LateSince.ShouldBe(at);
        (await engine.Audit(batch)).Where(e => e.Event == "operation_late").ShouldHaveSingleItem().Reason
            .ShouldBe("api on staging has taken 11s; usually at most 5s");
        (await engine.Read(db => db.Set<Notification>().CountAsync(n => n.NoticeKey.EndsWith("/late")))).ShouldBe(1);
        (await engine.Services.GetServices<StateGauges>().Single().ReadAsync(default)).Late.ShouldBe(1);
    }

    [Fact]
    public async Task Is_nobodys_alarm_while_too_little_is_known_of_it()
    {
        await using var engine = await Engine.Start();
        await engine.Application("api", prod: []);
        for (var i = 0; i < 4; i++)
            await Release(engine);
        engine.Service.Submitted("api", new DeployAnswer.Progressing(TimeSpan.FromHours(1)));
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();

        engine.Clock.Advance(TimeSpan.FromMinutes(5));
        await engine.Scan();

        (await engine.Operation(batch, "api")).LateSince.ShouldBeNull();
    }

    [Fact]
    public void Is_judged_without_the_few_that_hung_before()
    {
        List<TimeSpan> times = [.. Enumerable.Range(10, 30).Select(s => TimeSpan.FromSeconds(s)), TimeSpan.FromHours(1)];

        ExpectedDuration.AtMost(times).ShouldBe(TimeSpan.FromSeconds(39));
        ExpectedDuration.AtMost(times.Take(4)).ShouldBeNull();
    }

    /// <summary>A batch before, cancelled after its pre-production, in which its operation took one poll of 5 s.</summary>
    private static async Task Release(Engine engine)
    {
        engine.Service.Submitted("api", new DeployAnswer.Progressing());
        engine.Service.Looked("api", new DeployAnswer.Succeeded());
        var batch = await engine.SealedBatch("api");
        await engine.Pass(TimeSpan.FromMinutes(1));
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        await engine.Accepted(batch, "cancel");
    }
}
