using System.Text.Json;
using DevopsCd.Testing;
using DevopsCd.Testing.Chaos;
using DevopsCd.Testing.Fakes;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.EndToEnd.Tests;

/// <summary>The seed's example 1 with what goes wrong on the way, told as one story on the real things.</summary>
public sealed class Story_of_a_release
{
    [Fact]
    public async Task From_approval_over_a_failed_pre_deploy_to_the_final_acceptance()
    {
        await using var house = await StoryHouse.Open();
        var facts = await house.Broker.TapAsync("DevopsCd.Contracts:BatchTransitioned");
        await house.Applications("api", "web");
        house.Deploys.For("web", "pre").Outcomes(DeployOutcome.Failure("ImagePullBackOff"));
        var created = await house.Batch("api", "web");
        var (id, batchId) = (created.GetProperty("id").GetInt64(), created.GetProperty("batchId").GetGuid());

        // Approved; then a newer build comes over the broker and is taken at once.
        await house.Raise(id, "approve");
        await house.Tell("BuildCompleted", CdApi.Build("api", 2));
        var refreshed = await Eventually.Sees(() => house.Api.Batch(id), b => StoryHouse.Release(b.Body, "api").GetProperty("buildNumber").GetString() == "2",
            "the release stands at build 2");
        refreshed.State.ShouldBe(5);

        // Sealed; the pre-deploy starts by itself, one application fails, and the batch is back and blocked.
        await house.Raise(id, "confirm_tag");
        await Eventually.Sees(() => house.Api.Batch(id), b => b.Body.GetProperty("autoDeployBlocked").GetBoolean() && b.State == 11,
            "the batch is back in 11 and blocked", TimeSpan.FromSeconds(90));
        var failed = (await house.Api.Batch(id)).Body;
        failed.GetProperty("lastFailure").GetString().ShouldNotBeNull().ShouldContain("ImagePullBackOff");
        (StoryHouse.Release(failed, "api").GetProperty("preStatus").GetString(),
            StoryHouse.Release(failed, "web").GetProperty("preStatus").GetString()).ShouldBe(("succeeded", "failed"));

        // A newer build changes nothing any more, and a hundred scans start nothing.
        (await house.Api.AddBuild("api", 3)).Expect();
        for (var i = 0; i < 100; i++)
            (await house.Api.Scan()).Status.ShouldBeOneOf(System.Net.HttpStatusCode.OK, System.Net.HttpStatusCode.Conflict);
        var still = (await house.Api.Batch(id)).Body;
        (still.GetProperty("state").GetInt32(), still.GetProperty("preAttempt").GetInt32(), StoryHouse.Release(still, "api").GetProperty("buildNumber")
            .GetString(), StoryHouse.Release(still, "api").GetProperty("newerBuildExists").GetBoolean())
            .ShouldBe((11, 1, "2", true));
        house.Deploys.Operations.Count.ShouldBe(2);

        // A person retries: only what had failed is deployed. Production waits to be told.
        await house.Raise(id, "start_pre_deploy");
        var ready = await house.Until(id, 22);
        ready.GetProperty("preAttempt").GetInt32().ShouldBe(2);
        house.Deploys.Operations.Select(o => (o.Request.Application, o.Request.Stage)).ShouldBe([("api", "pre"), ("web", "pre"), ("web", "pre")]);
        await Eventually.IsTrue(async () => (await house.Api.Batch(id)).Body.TryGetProperty("productionPlan", out var plan) && plan.GetArrayLength() == 2,
            "the production plan is there");
        await house.UntilTold("ImagePullBackOff");

        // Production, on a person's word; then the acceptance.
        await house.Raise(id, "start_prod_deploy");
        await house.Until(id, 32);
        await house.Raise(id, "final_accept");
        await house.Until(id, 40);

        (await house.Path(id)).ShouldBe(
        [
            ("approve", "PendingApproval", "Approved", "admin"),
            ("confirm_tag", "Approved", "Sealed", "admin"),
            ("start_pre_deploy", "Sealed", "PreDeploying", "engine"),
            ("pre_deploy_failed", "PreDeploying", "Sealed", "engine"),
            ("start_pre_deploy", "Sealed", "PreDeploying", "admin"),
            ("pre_deploy_completed", "PreDeploying", "PreDeployed", "engine"),
            ("start_prod_deploy", "PreDeployed", "ProdDeploying", "admin"),
            ("prod_deploy_completed", "ProdDeploying", "ProdDeployed", "engine"),
            ("final_accept", "ProdDeployed", "FinalAccepted", "admin"),
        ]);
        house.Deploys.Operations.Where(o => o.Request.Application == "api").ShouldAllBe(o => o.Request.Image == $"registry.example/api:1.0.2@sha256:{2:x64}");
        house.Deploys.Operations.Where(o => o.Request.Stage == "prod").Select(o => o.Request.Application).ShouldBe(["api", "web"]);
        // One notice a transition and one that production waits; the failed application ended its stage, whose card names it. None refused as too frequent.
        await Eventually.Sees(() => Task.FromResult(house.Lark.Cards), cards => cards.Count >= 10, "ten cards", TimeSpan.FromSeconds(90));
        house.Lark.Cards.Count.ShouldBe(10, string.Join(", ", house.Lark.Cards.Select(c => c.Title)));
        house.Lark.TooFrequentCards.ShouldBe(0);
        (await new InvariantChecker(house.Database, house.Deploys, house.Broker).CheckAtRestAsync()).ShouldBeEmpty();
        house.Host.LogTail.ShouldNotContain(house.Deploys.ApiKey);
        // Whoever listens on the broker heard the same.
        var told = (await house.Broker.TakeAsync(facts)).Select(fact => JsonDocument.Parse(fact.Body).RootElement.GetProperty("message")).ToList();
        told.ShouldAllBe(fact => fact.GetProperty("batchId").GetGuid() == batchId);
        told.Select(fact => (fact.GetProperty("event").GetString(), fact.GetProperty("from").GetString(), fact.GetProperty("to").GetString()))
            .ShouldBe((await house.Path(id)).Select(step => ((string?)step.Event, (string?)step.From, (string?)step.To)), ignoreOrder: true);
    }
}
