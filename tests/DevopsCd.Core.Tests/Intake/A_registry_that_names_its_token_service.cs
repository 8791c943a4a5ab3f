using System.Net;
using DevopsCd.Core.Intake.Webhooks;
using DevopsCd.Core.Outbound;
using DevopsCd.Core.Tests.Notifications;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Intake;

/// <summary>Where tokens come from is the registry's word: it must not lead the engine to what only means something inside.</summary>
public sealed class A_registry_that_names_its_token_service
{
    private const string Digest = "sha256:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";

    [Theory]
    [InlineData("tokens.example", "10.0.0.7")]
    [InlineData("metadata.example", "169.254.169.254")]
    [InlineData("tokens.example", "::1")]
    public async Task Leads_to_no_private_address_that_nobody_listed(string host, string address)
    {
        await using var registry = await FakeService.StartAsync();
        registry.Answer = _ => new FakeReply(401, "", Header: ("WWW-Authenticate", $"Bearer realm=\"http://{host}/token\",service=\"registry\""));
        using var services = Services(registry, tokenHost: null, new Names(host, address));

        var refused = await Should.ThrowAsync<HttpRequestException>(() => Resolve(services));

        refused.Message.ShouldBe($"{host} has no public address; core:intake:registries:…:token_host can list it");
        registry.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Leads_to_the_private_address_of_a_host_that_an_operator_listed()
    {
        await using var registry = await FakeService.StartAsync();
        var port = new Uri(registry.Address).Port;
        registry.Answer = call => call switch
        {
            { Path: "/token" } => new FakeReply(200, """{"token":"t-1"}""", Type: "application/json"),
            { Headers: var headers } when headers.ContainsKey("authorization") => new FakeReply(200, "", Header: ("Docker-Content-Digest", Digest)),
            _ => new FakeReply(401, "", Header: ("WWW-Authenticate", $"Bearer realm=\"http://tokens.example:{port}/token\",service=\"registry\""))
        };
        using var services = Services(registry, tokenHost: $"tokens.example:{port}", new Names("tokens.example", "127.0.0.1"));

        (await Resolve(services)).ShouldBe(Digest);
    }

    private static async Task<string?> Resolve(ServiceProvider services) =>
        await services.GetRequiredService<DigestResolver>().ResolveAsync("registry.example/shop/order", "1", TestContext.Current.CancellationToken);

    private static ServiceProvider Services(FakeService registry, string? tokenHost, OutboundNetwork network) => new ServiceCollection()
        .AddLogging()
        .AddSingleton(TimeProvider.System)
        .AddSingleton(network)
        .AddWebhooks(new WebhookOptions { Registries = [new RegistryOptions { Host = "registry.example", Url = registry.Address, TokenHost = tokenHost }] })
        .BuildServiceProvider();

    /// <summary>A name server that knows one name.</summary>
    private sealed class Names(string known, string address) : OutboundNetwork
    {
        public override Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
            Task.FromResult<IPAddress[]>(host == known ? [IPAddress.Parse(address)] : []);
    }
}
