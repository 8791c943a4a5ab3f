using System.Net;
using System.Text.Json;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using RabbitMQ.Client;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>The whole host on RabbitMQ and PostgreSQL; every order and every fact comes from the producers of contracts/README.md.</summary>
public sealed class A_batch_told_in_plain_json
{
    private readonly Guid _batch = Guid.CreateVersion7();

    [Fact]
    public async Task Goes_from_creation_to_acceptance_past_every_wrong_message()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var broker = await RabbitVirtualHost.CreateAsync();
        await using var host = await HostProcess.StartNewAsync(
            "plain-json", HostSettings.On(database, broker).With("core__deploy__driver", "external").With("core__rabbitmq__require_user_id", "true"));
        var api = CdApi.Patient(host.Http, "ann");
        foreach (var application in (string[])["order", "stock"])
        {
            (await api.AddApplication(application)).Expect();
            (await api.SetTarget(application, "pre")).Expect();
            (await api.SetTarget(application, "prod")).Expect();
        }

        var send = new Producers(broker);
        await send.Python("CreateBatch", new
        {
            batchId = _batch,
            title = "told in plain JSON",
            batchNumber = "PLAIN-1",
            @operator = "devopscd",
            releases = new object[] { new { application = "order", dependsOn = new[] { "stock" } }, new { application = "stock" } },
        });
        var id = await Eventually.Sees(() => Id(api), found => found > 0, "the batch is there");
        await send.Shell("BuildCompleted", CdApi.Build("order", 1));
        await send.Python("BuildCompleted", CdApi.Build("stock", 2));

        // An approval that names no batch is parked; a person mends and replays it.
        await send.Python("ApproveBatch", new { @operator = "devopscd" });
        var parked = await Eventually.Sees(() => Parked(api), all => all.Count == 1, "the wrong approval is parked");
        parked[0].GetProperty("reason").GetString().ShouldBe("ApproveBatch: batchId is missing");
        await MendAndReplay(api, parked[0].GetProperty("id").GetInt64(), id);

        var wrong = await SendWrongMessages(broker);
        await send.Shell("ConfirmBatchTag", Order());
        await UntilState(api, id, 21, "sealed, and pre-deploy started by itself");
        (await Eventually.Sees(() => Parked(api), all => all.Count == 1 + wrong, "each wrong message is parked")).ShouldNotBeEmpty();

        await send.Python("PreDeployCompleted", new { batchId = _batch, @operator = "deployer" });
        await UntilState(api, id, 22, "pre-deployed");
        await send.Python("StartProdDeploy", Order());
        await UntilState(api, id, 31, "production started");
        await send.Shell("ProdDeployCompleted", new { batchId = _batch, @operator = "deployer" });
        await UntilState(api, id, 32, "in production");
        await send.Python("AcceptBatch", Order());
        await UntilState(api, id, 40, "accepted");

        (await api.Send(HttpMethod.Get, $"batches/{id}/events")).Expect();
        await Eventually.IsTrue(
            async () => (await broker.QueuesAsync()).All(q => q.Ready + q.Unacked == 0), "nothing is left in any queue", TimeSpan.FromSeconds(10));
    }

    private object Order() => new { batchId = _batch, @operator = "devopscd" };

    private async Task MendAndReplay(CdApi api, long parked, long id)
    {
        var stillWrong = await api.Send(HttpMethod.Post, $"parked/{parked}/replay", new { });
        stillWrong.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        stillWrong.Body.GetProperty("fields")[0].GetString().ShouldBe("batchId");

        var replayed = (await api.Send(HttpMethod.Post, $"parked/{parked}/replay", new { body = Order() })).Expect();
        replayed.Body.GetProperty("status").GetString().ShouldBe("replayed");
        replayed.Body.GetProperty("resolvedBy").GetString().ShouldBe("ann");
        await UntilState(api, id, 5, "approved");

        (await api.Send(HttpMethod.Post, $"parked/{parked}/replay", new { body = Order() })).Expect();
        (await api.Send(HttpMethod.Post, $"parked/{parked}/discard", new { reason = "too late" })).Status.ShouldBe(HttpStatusCode.Conflict);
        var actions = (await api.Send(HttpMethod.Get, $"parked/{parked}")).Expect().Body.GetProperty("actions").EnumerateArray()
            .Select(a => (a.GetProperty("action").GetString(), a.GetProperty("done").GetBoolean(), a.GetProperty("operator").GetString()));
        actions.ShouldBe([("replayed", false, "ann"), ("replayed", true, "ann"), ("discarded", false, "ann")], "each decision and each refused one, once");
        (await api.Send(HttpMethod.Post, "parked/999999/discard", new { reason = "no such" })).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<int> SendWrongMessages(RabbitVirtualHost broker)
    {
        const string Approve = "DevopsCd.Contracts:ApproveBatch";
        void Verified(BasicProperties p) => p.UserId = "devopscd";
        await broker.PublishJsonAsync(Approve, "{\"batchId\":", Verified);
        await broker.PublishJsonAsync(Approve, JsonSerializer.Serialize(new { batchId = Guid.Empty, @operator = "devopscd" }), Verified);
        await broker.PublishJsonAsync(Approve, JsonSerializer.Serialize(Order()));
        await broker.PublishJsonAsync(Approve, JsonSerializer.Serialize(Order()),
            p => p.Headers = new Dictionary<string, object?> { ["MT-MessageType"] = "urn:message:Nobody:Knows" });
        await broker.PublishJsonAsync("DevopsCd.Contracts:BuildCompleted", "{\"application\":\"order\",\"status\":\"green\"}");
        await broker.PublishAsync(Approve, new byte[2 * 1024 * 1024]);
        return 6;
    }

    private static async Task<long> Id(CdApi api)
    {
        var found = (await api.Find("PLAIN-1")).Expect().Body.GetProperty("items");
        return found.GetArrayLength() == 0 ? 0 : found[0].GetProperty("id").GetInt64();
    }

    private static async Task<List<JsonElement>> Parked(CdApi api) =>
        [.. (await api.Send(HttpMethod.Get, "parked")).Expect().Body.GetProperty("items").EnumerateArray()];

    private static Task UntilState(CdApi api, long id, int state, string what) =>
        Eventually.Sees(() => api.Batch(id), batch => batch.IsSuccess && batch.State == state, what);
}
