using System.Net;
using System.Text.Json;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Api;

/// <summary>R22, for people.</summary>
public sealed class A_gate_over_HTTP(AccessHost host)
{
    private const string Admin = "admin@*";

    [Fact]
    public async Task Is_decided_by_who_may_and_holds_what_it_stands_before()
    {
        object Gate(string at) => new { name = at.Replace('_', '-'), at, kind = "manual" };
        await Expect(HttpMethod.Put, "projects/gated", new { gates = new[] { Gate("before_seal"), Gate("after_pre") } }, HttpStatusCode.Created);
        await Expect(HttpMethod.Post, "applications", new { name = "gated-1", project = "gated" }, HttpStatusCode.Created);
        await Expect(HttpMethod.Put, "applications/gated-1/targets/pre/c1",
            new { @namespace = "x", workload = new { kind = "Deployment", name = "x" } }, HttpStatusCode.Created);
        await Expect(HttpMethod.Post, "builds", CdApi.Build("gated-1", 1), HttpStatusCode.OK);
        var made = await Expect(HttpMethod.Post, "batches", new { title = "x", releases = new[] { new { application = "gated-1" } } }, HttpStatusCode.Created);
        var batch = $"batches/{made.GetProperty("id").GetInt64()}";
        (await Gates(batch)).Select(g => g.GetProperty("status").GetString()).ShouldBe(["waiting", "waiting"]);
        await Expect(HttpMethod.Post, $"{batch}/events/approve", null, HttpStatusCode.OK);
        var gate = $"gates/{(await Gates(batch))[0].GetProperty("id").GetInt64()}";

        (await Send("viewer@gated", HttpMethod.Post, $"{gate}/result", new { result = "passed" }))
            .ShouldExplain(HttpStatusCode.Forbidden, "approve in project gated");
        (await Send("approver@shop", HttpMethod.Post, $"{gate}/result", new { result = "passed" })).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Send("approver@gated", HttpMethod.Post, $"{gate}/override", new { reason = "x" })).ShouldExplain(HttpStatusCode.Forbidden, "gate.override");
        (await Send(Admin, HttpMethod.Post, $"{batch}/events/confirm_tag")).ShouldExplain(HttpStatusCode.Conflict, "waits for a person");
        (await Send("approver@gated", HttpMethod.Post, $"{gate}/result", new { result = "failed" }))
            .Status.ShouldBe(HttpStatusCode.UnprocessableEntity, "without a reason");
        var failed = await Send("approver@gated", HttpMethod.Post, $"{gate}/result", new { result = "failed", reason = "not now" });
        (failed.Status, failed.Json.GetProperty("status").GetString()).ShouldBe((HttpStatusCode.OK, "failed"));
        var again = await Send("release-manager@gated", HttpMethod.Post, $"{gate}/retry");
        again.Status.ShouldBe(HttpStatusCode.OK, again.Text);
        await Expect(HttpMethod.Post, $"gates/{again.Json.GetProperty("id").GetInt64()}/override", new { reason = "agreed by phone" }, HttpStatusCode.OK);
        await Expect(HttpMethod.Post, $"{batch}/events/confirm_tag", null, HttpStatusCode.OK);

        var preflight = await Expect(HttpMethod.Get, $"{batch}/preflight?stage=pre", null, HttpStatusCode.OK);
        preflight.GetProperty("gates").EnumerateArray().Select(g => g.GetProperty("name").GetString()).ShouldBe(["after-pre"]);
        (await Gates(batch)).Select(g => g.GetProperty("status").GetString()).ShouldBe(["failed", "overridden", "waiting"]);
    }

    private async Task<List<JsonElement>> Gates(string batch) =>
        [.. (await Expect(HttpMethod.Get, $"{batch}/gates", null, HttpStatusCode.OK)).GetProperty("items").EnumerateArray()];

    private async Task<JsonElement> Expect(HttpMethod method, string path, object? body, HttpStatusCode status)
    {
        var reply = await Send(Admin, method, path, body);
        reply.Status.ShouldBe(status, reply.Text);
        return reply.Json;
    }

    private Task<Reply> Send(string roles, HttpMethod method, string path, object? body = null) => host.Send(roles, method, $"/api/v1/{path}", body);
}
