using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class Clocks_that_differ(TestCluster cluster)
{
    /// <summary>How far from the truth an estimate may be on a busy machine, where each answer takes long: still far less than the clocks differ.</summary>
    private static readonly TimeSpan s_unsure = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData(-120)]
    [InlineData(120)]
    public async Task Take_no_time_from_an_operation_whichever_replica_accepts_it(int seconds)
    {
        await using var given = await Given.ServiceAsync(cluster);
        var right = given.Http;
        await given.StartAsync(services => services.AddSingleton(new ClusterClock(new WrongClock(TimeSpan.FromSeconds(seconds)))));
        var wrong = given.Http;
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await cluster.GivenDeploymentAsync(given.Namespace, "cart");

        var before = TimeProvider.System.GetUtcNow();
        using var byTheRight = await given.PutAsync("op-1", given.Request("shop", "registry.example/app:2", timeout: 100), right);
        using var byTheWrong = await given.PutAsync("op-2", given.Request("cart", "registry.example/app:2", timeout: 100), wrong);
        var accepted = TimeProvider.System.GetUtcNow();
        var ended = new[] { await given.UntilAsync("op-1", DeployPhases.Succeeded), await given.UntilAsync("op-2", DeployPhases.Succeeded) };

        ended.ShouldAllBe(v => v.StartedAt > before - s_unsure && v.StartedAt < accepted + s_unsure);
        ended.ShouldAllBe(v => v.FinishedAt >= v.StartedAt);
    }

    [Fact]
    public async Task Never_end_an_operation_before_it_began()
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var given = await Given.NothingYetAsync(cluster);
        var services = (await given.StartAsync()).Services;
        var record = new OperationRecord
        {
            Id = "op-1",
            Request = given.Request("shop", "registry.example/app:2"),
            Hash = "of-the-request",
            StartedAt = now + TimeSpan.FromMinutes(2),
            DeadlineAt = now + TimeSpan.FromMinutes(10)
        };
        var added = (await services.GetRequiredService<OperationStore>().AddAsync(record, default))!;

        await services.GetRequiredService<Transitions>().EndAsync(added, services.GetRequiredService<Schedule>().JobOf("op-1"), null,
            new Ending(DeployPhases.Stopped, "Stopped", "by hand"), default);

        (await given.ViewAsync("op-1")).FinishedAt.ShouldBe(record.StartedAt);
    }

    [Fact]
    public void Are_known_to_a_fraction_of_a_second_after_a_few_answers()
    {
        var own = new FakeTimeProvider(new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
        var clock = new ClusterClock(own);
        var truth = TimeSpan.FromSeconds(119.7);

        for (var i = 0; i < 20; i++)
        {
            own.Advance(TimeSpan.FromMilliseconds(130));
            var server = own.GetUtcNow() + truth;
            clock.Hear(server - TimeSpan.FromTicks(server.Ticks % TimeSpan.TicksPerSecond), TimeSpan.FromMilliseconds(20));
        }

        clock.Ahead.ShouldBe(truth, TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public void Are_set_by_the_servers_answers_however_slow_they_are()
    {
        var clock = new ClusterClock(new WrongClock(TimeSpan.FromSeconds(-120)));
        var server = TimeProvider.System.GetUtcNow();

        clock.Hear(server - TimeSpan.FromSeconds(180), TimeSpan.FromMinutes(5));
        var unsure = clock.Ahead;
        clock.Hear(server, TimeSpan.FromMinutes(5));
        var slow = clock.Ahead;
        clock.Hear(server - TimeSpan.FromSeconds(120), TimeSpan.FromMilliseconds(10));

        unsure.ShouldBe(TimeSpan.Zero);
        slow.ShouldBe(TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(3));
        clock.Ahead.ShouldBe(TimeSpan.Zero);
    }
}
