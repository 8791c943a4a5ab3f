using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Ui.Tests;

/// <summary>Two hosts on one database and broker, behind an address that leads to one of them.</summary>
public sealed class Two_hosts(Browsers browsers)
{
    [Fact]
    public async Task Keep_a_page_alive_while_the_one_that_serves_it_is_killed_in_the_middle_of_a_deployment()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var broker = await RabbitVirtualHost.CreateAsync();
        var settings = HostSettings.On(database, broker).With("core__scan_interval", "1s").With("core__deploy__concurrent_apps", "1")
            .With("core__deploy__simulated_duration", "2s").With("core__storage__sample_catalogue", "true");
        await using var first = await HostProcess.StartNewAsync("serves", settings);
        await using var second = await HostProcess.StartNewAsync("takes-over", settings);
        await using var address = TcpRelay.To("127.0.0.1", first.BaseUrl.Port);
        await using var reader = await browsers.Open(new Uri($"http://127.0.0.1:{address.Port}/"));

        await reader.CreateBatch("Outlives its host", "user-service", "order-service", "web-shop");
        await reader.Raise("approve");
        await reader.UntilState("Approved");
        await reader.Raise("confirm_tag");
        await reader.UntilState("PreDeploying");
        await first.Kill9Async();
        await Expect(reader.Page.Locator(".reconnect.down")).ToBeVisibleAsync();
        address.LeadTo(second.BaseUrl.Port);

        await reader.UntilLive();
        await Expect(reader.Page.Locator(".reconnect.down")).ToHaveCountAsync(0);
        await reader.UntilState("PreDeployed");
        await Expect(reader.Page.Locator(".trouble")).ToHaveCountAsync(0);
        await DecideAboutAParkedMessage(broker, reader);
        // Each list on PostgreSQL, too.
        foreach (var path in (string[])["/running", "/notifications", "/webhooks", "/projects", "/access", "/applications/web-shop"])
        {
            await reader.Go(path);
            await Expect(reader.Page.Locator(".trouble")).ToHaveCountAsync(0);
        }
    }

    /// <summary>What nobody could read waits for a person, who corrects it; it shows on the page that is open.</summary>
    private static async Task DecideAboutAParkedMessage(RabbitVirtualHost broker, Reader reader)
    {
        await reader.Go("/parked");
        await broker.PublishJsonAsync("DevopsCd.Contracts:BuildCompleted", """{ "application": "web-shop", "buildNumber": "77" }""");
        await reader.Page.Locator("tbody tr th a").ClickAsync();
        await Expect(reader.Page.Locator("[data-parked=parked]")).ToBeVisibleAsync();
        await reader.Page.Locator("[data-act=replay]").ClickAsync();
        await Expect(reader.Page.Locator("label .wrong").First).ToContainTextAsync("branch");
        await reader.Picture("message-parked");
        await reader.Page.Locator("textarea[name=body]").FillAsync("""
            { "application": "web-shop", "buildNumber": "77", "branch": "main", "commitId": "0123456789abcdef", "imageName": "registry.example/web-shop",
              "imageTag": "77", "status": "success" }
            """);
        await reader.Page.Locator("[data-act=replay]").ClickAsync();
        await Expect(reader.Page.Locator("[data-parked=replayed]")).ToBeVisibleAsync();
        await reader.Go("/builds?app=web-shop");
        await Expect(reader.Page.Locator("tbody tr", new() { HasText = "77" }).First).ToBeVisibleAsync();
    }
}
