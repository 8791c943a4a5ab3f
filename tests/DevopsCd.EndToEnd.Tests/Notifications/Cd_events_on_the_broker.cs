using System.Text.Json;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using RabbitMQ.Client;

namespace DevopsCd.EndToEnd.Tests.Notifications;

public sealed class Cd_events_on_the_broker
{
    private static readonly NotificationOptions s_options = new() { PublicUrl = "https://cd.example.com" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reach_who_asked_for_their_type_in_the_form_the_specification_gives_them()
    {
        await using var broker = await RabbitVirtualHost.CreateAsync();
        await using var listener = await new ConnectionFactory { Uri = broker.Uri }.CreateConnectionAsync(Stop);
        await using var channel = await listener.CreateChannelAsync(cancellationToken: Stop);
        await channel.ExchangeDeclareAsync(CdEventsChannel.Exchange, ExchangeType.Topic, durable: true, cancellationToken: Stop);
        await channel.QueueDeclareAsync("services", durable: true, exclusive: false, autoDelete: false, cancellationToken: Stop);
        await channel.QueueBindAsync("services", CdEventsChannel.Exchange, "dev.cdevents.service.#", cancellationToken: Stop);
        await using var host = Host(bus => bus.UsingRabbitMq((_, rabbit) => rabbit.Host(broker.Uri)));
        await host.GetRequiredService<IBusControl>().StartAsync(Stop);

        var answer = await Channel(host, TimeProvider.System).SendAsync(Completed(), Stop);

        answer.ShouldBe(ChannelAnswer.Ok("3 events to devopscd.cdevents"));
        var messages = await broker.TakeAsync("services");
        messages.Select(m => m.RoutingKey).ShouldBe(["dev.cdevents.service.upgraded.0.3.0", "dev.cdevents.service.deployed.0.3.0"]);
        messages.ShouldAllBe(m => m.Properties.ContentType == "application/cloudevents+json" && m.Properties.Persistent);
        var cloudEvent = JsonDocument.Parse(messages[0].Body).RootElement;
        cloudEvent.GetProperty("specversion").GetString().ShouldBe("1.0");
        cloudEvent.GetProperty("id").GetString().ShouldBe(messages[0].Properties.MessageId);
        var cdEvent = cloudEvent.GetProperty("data");
        cdEvent.EnumerateObject().Select(p => p.Name).ShouldBe(["context", "subject", "customData"]);
        cdEvent.GetProperty("context").EnumerateObject().Select(p => p.Name).Order().ShouldBe(["chainId", "id", "source", "specversion", "timestamp", "type"]);
        cdEvent.GetProperty("subject").GetProperty("content").EnumerateObject().Select(p => p.Name).ShouldBe(["environment", "artifactId"]);
        cloudEvent.GetProperty("subject").GetString().ShouldBe(cdEvent.GetProperty("subject").GetProperty("id").GetString());
        await host.GetRequiredService<IBusControl>().StopAsync(Stop);
    }

    [Fact]
    public async Task Also_leave_when_the_transport_is_in_memory()
    {
        await using var host = Host(bus => bus.UsingInMemory());
        await host.GetRequiredService<IBusControl>().StartAsync(Stop);

        (await Channel(host, TimeProvider.System).SendAsync(Completed(), Stop)).Verdict.ShouldBe(ChannelVerdict.Ok);

        await host.GetRequiredService<IBusControl>().StopAsync(Stop);
    }

    [Fact]
    public async Task Wait_for_a_broker_that_is_away_without_telling_its_password()
    {
        var clock = new FakeTimeProvider();
        await using var host = Host(bus => bus.UsingRabbitMq((_, rabbit) => rabbit.Host(new Uri($"amqp://cd:canary-password@127.0.0.1:{FreePort.Next()}/"))));
        var sending = Channel(host, clock).SendAsync(Completed(), Stop);

        clock.Advance(s_options.SendTimeout);

        var answer = await sending;
        answer.Verdict.ShouldBe(ChannelVerdict.Retry);
        answer.Detail.ShouldNotContain("canary");
    }

    private static ServiceProvider Host(Action<IBusRegistrationConfigurator> transport) =>
        new ServiceCollection().AddLogging().AddMassTransit(transport).BuildServiceProvider();

    private static CdEventsChannel Channel(IServiceProvider host, TimeProvider clock) => new(
        new ChannelSettings { Name = "cdevents", Type = "cdevents" }, host.GetRequiredService<IBus>(),
            new CloudEvents(s_options, new CdEventMapping(s_options)),
        new CdEventFacts(host.GetRequiredService<IServiceScopeFactory>()), s_options, clock);

    private static NoticeMessage Completed()
    {
        var batch = new Batch
        {
            Id = 7,
            CorrelationId = new Guid(7, 0, 0, new byte[8]),
            BatchNumber = "B20261124-007",
            Title = "Autumn",
            Status = BatchStatus.ProdDeployed,
            Version = 8
        };
        batch.Begin(Stage.Prod, DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1));
        var notice = Notice.Transition(batch, "prod_deploy_completed", "生产部署完成", BatchStatus.ProdDeploying, "engine", DateTimeOffset.UnixEpoch, Stage.Prod,
            2) with
        {
            // Nothing to look up: the notice's own applications are told.
            BatchId = null,
            Applications =
            [
                new ApplicationOutcome("shop", ReleaseStatus.Succeeded) { Cluster = "east", ImageName = "registry.example.com/shop", ImageTag = "2",
                    ImageDigest = "sha256:ab", Replaced = true },
                new ApplicationOutcome("zoo", ReleaseStatus.Succeeded) { Cluster = "east", ImageName = "registry.example.com/zoo", ImageTag = "1" }
            ]
        };
        return new NoticeComposer(s_options).Compose(notice, []);
    }
}
