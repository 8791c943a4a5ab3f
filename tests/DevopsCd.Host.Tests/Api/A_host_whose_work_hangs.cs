using DevopsCd.Core.Observability;
using DevopsCd.Host.Api;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Host.Tests.Api;

public sealed class A_host_whose_work_hangs
{
    [Fact]
    public async Task Says_what_hangs_and_asks_for_a_restart_when_that_will_not_end_by_itself()
    {
        var clock = new FakeTimeProvider();
        var watch = new WorkWatch(clock);
        using var turn = watch.Begin("the sending of notices to lark", TimeSpan.FromMinutes(5));

        clock.Advance(TimeSpan.FromMinutes(6));
        (await new WorkCheck(watch).CheckHealthAsync(new())).ShouldSatisfyAllConditions(
            found => found.Status.ShouldBe(HealthStatus.Degraded, "commands are taken without it"),
            found => found.Description.ShouldBe("the sending of notices to lark: hanging for 6 min"));
        (await new LivenessCheck(watch).CheckHealthAsync(new())).Status.ShouldBe(HealthStatus.Healthy);

        clock.Advance(TimeSpan.FromMinutes(10));
        (await new LivenessCheck(watch).CheckHealthAsync(new())).ShouldSatisfyAllConditions(
            found => found.Status.ShouldBe(HealthStatus.Unhealthy),
            found => found.Description.ShouldBe("to be restarted: the sending of notices to lark: hanging for 16 min"));
    }
}
