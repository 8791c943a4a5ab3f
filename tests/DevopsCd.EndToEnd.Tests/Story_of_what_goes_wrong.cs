using DevopsCd.Testing;
using DevopsCd.Testing.Fakes;

namespace DevopsCd.EndToEnd.Tests;

public sealed class Story_of_what_goes_wrong
{
    [Fact]
    public async Task Production_fails_a_rollout_is_cancelled_a_batch_is_rejected()
    {
        await using var house = await StoryHouse.Open();
        await house.Applications("api", "web");

        // Production fails half way: back to 22, dirty, and a person's retry deploys the rest.
        house.Deploys.For("web", "prod").Outcomes(DeployOutcome.Failure("CrashLoopBackOff"));
        var first = (await house.Batch("api", "web")).GetProperty("id").GetInt64();
        await house.Raise(first, "approve");
        await house.Raise(first, "confirm_tag");
        await house.Until(first, 22);
        await house.Raise(first, "start_prod_deploy");
        var dirty = (await Eventually.Sees(() => house.Api.Batch(first), b => b.State == 22 && b.Body.GetProperty("prodDirty").GetBoolean(),
            "the batch is back in 22", TimeSpan.FromSeconds(90))).Body;
        dirty.GetProperty("lastFailure").GetString().ShouldNotBeNull().ShouldContain("CrashLoopBackOff");
        await house.Raise(first, "start_prod_deploy");
        (await house.Until(first, 32)).GetProperty("prodDirty").GetBoolean().ShouldBeFalse();
        await house.Raise(first, "final_accept");
        house.Deploys.Operations.Where(o => o.Request.Stage == "prod").Select(o => o.Request.Application).ShouldBe(["api", "web", "web"]);

        // Cancelled while a rollout hangs: it is stopped, the next one never starts, the batch ends.
        house.Deploys.For("api", "pre").Outcomes(DeployOutcome.Never);
        var second = (await house.Batch("api", "web")).GetProperty("id").GetInt64();
        await house.Raise(second, "approve");
        await house.Raise(second, "confirm_tag");
        await house.Until(second, 21);
        await Eventually.IsTrue(() => house.Deploys.Operations.Any(o => o.Outcome == DeployOutcome.Never), "the rollout hangs", TimeSpan.FromSeconds(60));
        await house.Raise(second, "cancel", "wrong version");
        var cancelled = await house.Until(second, 90);
        cancelled.GetProperty("cancelReason").GetString().ShouldBe("wrong version");
        (StoryHouse.Release(cancelled, "api").GetProperty("preStatus").GetString(),
            StoryHouse.Release(cancelled, "web").GetProperty("preStatus").GetString()).ShouldBe(("stopped", "held"), "web hangs on api");
        house.Deploys.Calls.ShouldContain(c => c.Verb == "stop");

        // Rejected: the end, and the applications are free for the next batch.
        var third = (await house.Batch("api", "web")).GetProperty("id").GetInt64();
        await house.Raise(third, "reject", "not this week");
        await house.Until(third, 6);
        (await house.Api.Raise(third, "approve")).Status.ShouldBe(System.Net.HttpStatusCode.Conflict);
        (await house.Batch("api")).GetProperty("state").GetInt32().ShouldBe(0);
    }
}
