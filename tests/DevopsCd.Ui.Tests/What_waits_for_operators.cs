using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Ui.Tests;

/// <summary>Messages that nobody could read or send, and workloads that somebody has changed past us, on a host with a broker.</summary>
public sealed class What_waits_for_operators(Browsers browsers) : IAsyncLifetime
{
    private PostgresDatabase _database = null!;
    private RabbitVirtualHost _broker = null!;
    private HostProcess _host = null!;

    public async ValueTask InitializeAsync()
    {
        (_database, _broker) = (await PostgresDatabase.CreateAsync(), await RabbitVirtualHost.CreateAsync());
        _host = await HostProcess.StartNewAsync("waits", HostSettings.On(_database, _broker).With("core__notification__provider", "log")
            .With("core__scan_interval", "1s").With("core__deploy__simulated_duration", "500ms"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Is_laid_aside_with_a_reason_that_stays()
    {
        await _broker.PublishJsonAsync("DevopsCd.Contracts:BuildCompleted", """{ "application": "web-shop", "buildNumber": "77" }""");
        await using var reader = await browsers.Open(_host.BaseUrl);

        await reader.Go("/parked");
        await reader.Page.Locator("tbody tr th a").ClickAsync();
        await Expect(reader.Page.Locator("[data-parked=parked]")).ToBeVisibleAsync();
        await reader.Page.Locator("[data-act=discard]").ClickAsync();
        await Expect(reader.Page.Locator("label", new() { Has = reader.Page.Locator("input[name=reason]") }).Locator(".wrong")).ToContainTextAsync("is required");
        await reader.Page.Locator("input[name=reason]").FillAsync("sent by mistake");
        await reader.Page.Locator("[data-act=discard]").ClickAsync();

        await Expect(reader.Page.Locator("[data-parked=discarded]")).ToBeVisibleAsync();
        await Expect(reader.Page.Locator("main")).ToContainTextAsync("sent by mistake");
        await reader.Go("/parked?status=discarded");
        await Expect(reader.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        reader.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_laid_aside_where_the_broker_refuses_our_own_too()
    {
        // What a transaction leaves in the outbox, spoilt, and given up.
        var outbox = Guid.NewGuid();
        await _database.ExecuteAsync(
            """
            insert into outbox_message (outbox_id, sequence_number, message_id, destination_address, content_type, message_type, headers, body, sent_time, locked_until)
            values ($1, 1, $2, 'exchange:DevopsCd.Contracts:BatchTransitioned', 'application/vnd.masstransit+json', 'urn:message:DevopsCd.Contracts:BatchTransitioned', '{ not json', '{}', now(), now())
            """, outbox, Guid.NewGuid());
        var api = CdApi.Patient(_host.Http);
        await Eventually.Sees(() => api.Send(HttpMethod.Get, "parked/outgoing"),
            answer => answer.Body.GetProperty("items").GetArrayLength() == 1, "it is given up", TimeSpan.FromSeconds(90));
        await using var reader = await browsers.Open(_host.BaseUrl);

        await reader.Go("/parked");
        var row = reader.Page.Locator("tbody tr", new() { HasText = "BatchTransitioned" });
        await row.Locator("[data-act=discard]").ClickAsync();
        await row.Locator("[data-act=discard-sure]").ClickAsync();
        await Expect(row.Locator(".wrong")).ToContainTextAsync("is required");
        await row.Locator("input[name=reason]").FillAsync("nobody listens");
        await reader.Picture("message-outgoing");
        await row.Locator("[data-act=discard-sure]").ClickAsync();

        await Expect(reader.Page.Locator("tbody tr [data-act=discard]")).ToHaveCountAsync(0);
        await Eventually.Sees(() => _database.ScalarAsync<long>("select count(*) from outbox_message where outbox_id = $1", outbox),
            count => count == 0, "the outbox is empty");
        var decision = (await api.Send(HttpMethod.Get, "parked?status=discarded")).Expect().Body.GetProperty("items")[0];
        decision.GetProperty("resolution").GetString().ShouldBe("nobody listens");
        reader.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_marked_where_something_else_runs_than_was_deployed()
    {
        var api = CdApi.Patient(_host.Http);
        await api.Register("api", "pre");
        var batch = (await api.CreateBatch("Runs", null, ["api"])).Expect().Id;
        foreach (var step in (string[])["approve", "confirm_tag"])
            (await api.Raise(batch, step)).Expect();
        await using var reader = await browsers.Open(_host.BaseUrl, "zh-CN");
        await reader.Go("/running");
        await Expect(reader.Page.Locator("#app-api b")).ToBeVisibleAsync();
        await Expect(reader.Page.Locator("#app-api [data-drift]")).ToHaveCountAsync(0);

        // As the look at the deploy service writes it: the simulated one cannot tell.
        await _database.ExecuteAsync("update live_versions set drift = 'registry.example/api:by-hand', drift_since = now(), seen_at = now()");

        await Expect(reader.Page.Locator("#app-api [data-drift]")).ToHaveTextAsync("已偏离");
        (await reader.Page.Locator("#app-api [data-drift]").GetAttributeAsync("title"))!.ShouldContain("registry.example/api:by-hand");
        await reader.Picture("running-drift");
        reader.Complaints.ShouldBeEmpty();
    }
}
