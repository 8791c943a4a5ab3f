using System.Net;
using System.Net.Http.Json;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>A committed message that fails while the broker is well: it is given up, shown, and waits for a person.</summary>
public sealed class A_fact_that_cannot_be_sent : IAsyncLifetime
{
    private PostgresDatabase _database = null!;
    private RabbitVirtualHost _broker = null!;
    private HostProcess _host = null!;
    private CdApi _api = null!;

    public async ValueTask InitializeAsync()
    {
        (_database, _broker) = (await PostgresDatabase.CreateAsync(), await RabbitVirtualHost.CreateAsync());
        _host = await HostProcess.StartNewAsync("refused",
            HostSettings.On(_database, _broker).With("core__notification__provider", "log").With("core__scan_interval", "1s"));
        _api = CdApi.Patient(_host.Http, "ann");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Is_listed_counted_sent_again_and_discarded_by_people()
    {
        var (mended, useless) = (await Left(), await Left());

        var parked = await Eventually.Sees(() => _api.Send(HttpMethod.Get, "parked/outgoing"),
            answer => answer.Body.GetProperty("items").GetArrayLength() == 2, "both are given up", TimeSpan.FromSeconds(90));
        var first = parked.Body.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("outboxId").GetGuid() == mended);
        (first.GetProperty("tries").GetInt32(), first.GetProperty("messageType").GetString()).ShouldBe((5, "urn:message:DevopsCd.Contracts:BatchTransitioned"));
        first.GetProperty("reason").GetString().ShouldNotBeNullOrEmpty();
        (await _api.Send(HttpMethod.Get, $"parked/outgoing/{mended}/1")).Expect().Body.GetProperty("body").GetString().ShouldBe("{}");
        await Eventually.IsTrue(
            async () => (await _host.Http.GetStringAsync("metrics")).Split('\n').Any(line => line.Contains("devopscd_messages_left", StringComparison.Ordinal)
                && line.Contains("parked_outgoing", StringComparison.Ordinal) && line.Contains("} 2", StringComparison.Ordinal)), "it is counted");

        await _database.ExecuteAsync("update outbox_message set headers = null where outbox_id = $1", mended);
        (await _api.Send(HttpMethod.Post, $"parked/outgoing/{mended}/1/replay")).Expect();
        (await _api.Send(HttpMethod.Post, $"parked/outgoing/{useless}/1/discard", new { reason = "nobody listens" })).Expect();

        await Eventually.Sees(() => _database.ScalarAsync<long>("select count(*) from outbox_message"), count => count == 0, "one has left, one is laid aside");
        (await _api.Send(HttpMethod.Get, "parked/outgoing")).Expect().Body.GetProperty("items").GetArrayLength().ShouldBe(0);
        var decisions = (await _api.Send(HttpMethod.Get, "parked")).Expect().Body.GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("queue").GetString() == "outbox")
            .Select(item => (item.GetProperty("status").GetString(), item.GetProperty("resolvedBy").GetString(), item.GetProperty("resolution").GetString()))
                .ToList();
        decisions.ShouldBe([("discarded", "ann", "nobody listens"), ("replayed", "ann", "as it was")], ignoreOrder: true);
    }

    [Fact]
    public async Task Is_decided_once()
    {
        var outbox = await Left();
        await Eventually.Sees(() => _api.Send(HttpMethod.Get, $"parked/outgoing/{outbox}/1"), answer => answer.IsSuccess, "it is given up",
            TimeSpan.FromSeconds(90));

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(i => _api.Send(HttpMethod.Post, $"parked/outgoing/{outbox}/1/discard", new { reason = $"reason {i}" })));

        answers.Count(answer => answer.IsSuccess).ShouldBe(1);
        answers.Where(answer => !answer.IsSuccess).ShouldAllBe(answer => answer.Status == HttpStatusCode.NotFound);
        (await _database.ScalarAsync<long>("select count(*) from parked_actions")).ShouldBe(1);
        (await _api.Send(HttpMethod.Post, $"parked/outgoing/{Guid.NewGuid()}/1/replay")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _api.Send(HttpMethod.Post, $"parked/outgoing/{outbox}/1/discard", new { reason = " " })).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Is_decided_only_as_it_was_seen()
    {
        var outbox = await Left();
        await Eventually.Sees(() => _api.Send(HttpMethod.Get, $"parked/outgoing/{outbox}/1"), answer => answer.IsSuccess, "it is given up",
            TimeSpan.FromSeconds(90));
        var (address, seen) = ($"api/v1/parked/outgoing/{outbox}/1", await Tag());

        await _database.ExecuteAsync("update outbox_state set reason = 'another one' where outbox_id = $1", outbox);

        (await Decide("discard", seen)).ShouldBe(HttpStatusCode.PreconditionFailed);
        (await Decide("replay", seen)).ShouldBe(HttpStatusCode.PreconditionFailed);
        (await Decide("discard", await Tag())).ShouldBe(HttpStatusCode.NoContent);

        async Task<string> Tag()
        {
            using var shown = await _host.Http.GetAsync($"api/v1/parked/outgoing/{outbox}/1", TestContext.Current.CancellationToken);
            return shown.Headers.ETag!.Tag;
        }

        async Task<HttpStatusCode> Decide(string decision, string tag)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post,
                $"{address}/{decision}")
            { Content = decision == "discard" ? JsonContent.Create(new { reason = "nobody listens" }) : null };
            request.Headers.Add("X-Operator", "ann");
            request.Headers.Add("If-Match", tag);
            using var answer = await _host.Http.SendAsync(request, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
    }

    /// <summary>What a transaction leaves in the outbox, spoilt.</summary>
    private async Task<Guid> Left()
    {
        var outbox = Guid.NewGuid();
        await _database.ExecuteAsync(
            """
            insert into outbox_message (outbox_id, sequence_number, message_id, destination_address, content_type, message_type, headers, body, sent_time, locked_until)
            values ($1, 1, $2, 'exchange:DevopsCd.Contracts:BatchTransitioned', 'application/vnd.masstransit+json', 'urn:message:DevopsCd.Contracts:BatchTransitioned', '{ not json', '{}', now(), now())
            """, outbox, Guid.NewGuid());
        return outbox;
    }
}
