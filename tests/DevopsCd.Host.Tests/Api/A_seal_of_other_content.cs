using System.Net;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Api;

public sealed class A_seal_of_other_content(ApiHost host)
{
    [Fact]
    public async Task Says_so_in_its_answer_in_the_batch_in_the_audit_and_in_the_notice()
    {
        var app = await host.Application();
        var id = await host.BatchOf(app);
        await host.Post($"/api/v1/batches/{id}/events/approve");
        await host.Post("/api/v1/builds", CdApi.Build(app, 2));

        var reply = await host.Post($"/api/v1/batches/{id}/events/confirm_tag");

        reply.Json.GetProperty("contentChangedSinceApproval").GetBoolean().ShouldBeTrue(reply.Text);
        Changes(reply).ShouldBe([$"{app}: build 1 → 2"]);
        var batch = await host.Get($"/api/v1/batches/{id}");
        batch.Json.GetProperty("contentChangedSinceApproval").GetBoolean().ShouldBeTrue();
        Changes(batch).ShouldBe([$"{app}: build 1 → 2"]);
        (await host.Get($"/api/v1/batches/{id}/events")).Json.GetProperty("items").EnumerateArray()
            .Single(e => e.GetProperty("event").GetString() == "confirm_tag")
            .GetProperty("detail").GetProperty("changesSinceApproval")[0].GetProperty("application").GetString().ShouldBe(app);
        var number = batch.Json.GetProperty("batchNumber").GetString();
        await Eventually.IsTrue(() => host.Log.Split('\n').Any(l => l.Contains($"{number}", StringComparison.Ordinal)
            && l.Contains("Changed since approval", StringComparison.Ordinal) && l.Contains("build 1 → 2", StringComparison.Ordinal)),
            "the notice tells what differs from the approved content");
    }

    [Fact]
    public async Task Is_not_one_when_the_content_is_the_approved_one()
    {
        var id = await host.BatchAfter("approve");

        var reply = await host.Post($"/api/v1/batches/{id}/events/confirm_tag");

        reply.Status.ShouldBe(HttpStatusCode.OK);
        reply.Json.TryGetProperty("contentChangedSinceApproval", out _).ShouldBeFalse();
        (await host.Get($"/api/v1/batches/{id}")).Json.GetProperty("contentChangedSinceApproval").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Is_refused_when_the_content_was_named_and_tells_every_kind_of_change()
    {
        var (api, web) = (await host.Application(), await host.Application());
        await host.Post("/api/v1/builds", CdApi.Build(web, 8, branch: "hotfix"));
        var id = await host.BatchOf(api, web);
        await host.Post($"/api/v1/batches/{id}/events/approve");
        var contentHash = (await host.Get($"/api/v1/batches/{id}")).Json.GetProperty("contentHash").GetString();
        await host.Send(HttpMethod.Put, $"/api/v1/batches/{id}/releases/{web}", new { buildNumber = "8", dependsOn = new[] { api } });
        await host.Post("/api/v1/builds", CdApi.Build(api, 2));
        await host.Post("/api/v1/builds", CdApi.Build(api, 3));

        var reply = (await host.Post($"/api/v1/batches/{id}/events/confirm_tag", new { contentHash })).ShouldBeProblem(HttpStatusCode.PreconditionFailed);

        Lines(reply.Json.GetProperty("changes")).ShouldBe([$"{api}: build 1 → 3", $"{web}: build 1 → 8, branch main → hotfix, depends on nothing → {api}"],
            ignoreOrder: true);
    }

    private static List<string> Changes(Reply reply) => Lines(reply.Json.GetProperty("changesSinceApproval"));

    private static List<string> Lines(System.Text.Json.JsonElement changes) => [.. changes.EnumerateArray()
        .Select(c => $"{c.GetProperty("application").GetString()}: {string.Join(", ", c.GetProperty("changes").EnumerateArray().Select(t => t.GetString()))}")];
}
