using DevopsCd.Core.Deployments;
using DevopsCd.Core.Outbound;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Notifications.Composing;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;

namespace DevopsCd.Core.Tests.Notifications.Channels;

public sealed class WebhookChannelTests : ChannelContract
{
    private protected override FakeReply Yes => new(204, "");

    private protected override FakeReply TooOften => new(429, "later", "5");

    private protected override FakeReply Never => new(410, "gone");

    private protected override bool TakesAnySuccessForYes => true;

    private protected override int Longest => 256 * 1024;

    // Data, not markup: a receiver shows it as it likes. The hostile text must arrive as it was, inside of JSON strings.
    private protected override string Rendered(FakeRequest request) =>
        request.Text.Replace("<at", "").Replace("<!", "").Replace("<@", "").Replace("](", "");

    private protected override bool TruncatesToCount => false;

    private protected override INotificationChannel Create(ChannelSettings settings) =>
        new WebhookChannel(settings, Http, Clock,
            new CloudEvents(Options, new CdEventMapping(Options)),
            new CdEventFacts(Substitute.For<IServiceScopeFactory>()));

    [Fact]
    public void Signs_as_standard_webhooks_document() =>
        StandardWebhook.Signature("msg_1", 1599360473, """{"a":1}"""u8, "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3")
            .ShouldBe("v1,6GBnxMtYQsDY3rBDPoxpZQIV42ngglqi5Rz2HXAQ4M0=");

    [Fact]
    public async Task Sends_one_structured_cloud_event_with_a_signature_over_its_bytes()
    {
        var request = await Send(Sample.Failed());

        request.Headers["content-type"].ShouldStartWith("application/cloudevents+json");
        var body = request.Json;
        body.GetProperty("specversion").GetString().ShouldBe("1.0");
        body.GetProperty("type").GetString().ShouldBe("devopscd.notice.transition");
        body.GetProperty("subject").GetString().ShouldBe("B20261124-042");
        body.GetProperty("id").GetString().ShouldBe(request.Headers["webhook-id"]);
        body.GetProperty("data").GetProperty("to").GetProperty("code").GetInt32().ShouldBe(11);
        request.Headers["webhook-signature"].ShouldBe(
            StandardWebhook.Signature(request.Headers["webhook-id"], long.Parse(request.Headers["webhook-timestamp"]), request.Body, SecretCanary));
    }

    [Fact]
    public async Task Gives_a_repeated_notice_the_same_id()
    {
        var first = (await Send(Sample.Failed())).Json.GetProperty("id").GetString();

        (await Send(Sample.Failed())).Json.GetProperty("id").GetString().ShouldBe(first);
        (await Send(Sample.Failed(version: 9))).Json.GetProperty("id").GetString().ShouldNotBe(first);
    }

    [Fact]
    public async Task Sends_the_cd_events_of_a_stage_as_one_batch()
    {
        var channel = Create(new ChannelSettings { Name = "it", Url = Service.Address + Path, Secret = SecretCanary, Content = "cdevents" });
        var notice = Sample.Completed() with
        {
            BatchId = null,
            Applications =
            [
                new ApplicationOutcome("shop", ReleaseStatus.Succeeded) { Cluster = "east", ImageName = "registry.example.com/team/shop", ImageTag = "7",
                    ImageDigest = "sha256:0b31", Replaced = true },
                new ApplicationOutcome("pay", ReleaseStatus.Succeeded) { Cluster = "east", ImageName = "registry.example.com/team/pay", ImageTag = "3" },
                new ApplicationOutcome("mail", ReleaseStatus.Skipped) { ImageName = "registry.example.com/team/mail" }
            ]
        };

        var answer = await channel.SendAsync(Sample.Message(notice), TestContext.Current.CancellationToken);

        answer.Verdict.ShouldBe(ChannelVerdict.Ok);
        Service.Requests[0].Headers["content-type"].ShouldStartWith("application/cloudevents-batch+json");
        var events = Service.Requests[0].Json.EnumerateArray().ToList();
        events.Select(e => e.GetProperty("type").GetString()).ShouldBe(
        [
            "dev.cdevents.service.upgraded.0.3.0", "dev.cdevents.service.deployed.0.3.0", "dev.cdevents.environment.modified.0.3.0"
        ]);
        var data = events[0].GetProperty("data");
        data.GetProperty("context").GetProperty("specversion").GetString().ShouldBe("0.5.1");
        data.GetProperty("context").GetProperty("chainId").GetString().ShouldBe(notice.CorrelationId.ToString());
        data.GetProperty("subject").GetProperty("content").GetProperty("artifactId").GetString()
            .ShouldBe("pkg:oci/shop@sha256%3A0b31?repository_url=registry.example.com/team/shop&tag=7");
        data.GetProperty("subject").GetProperty("content").GetProperty("environment").GetProperty("id").GetString().ShouldBe("pre/east");
        events[0].GetProperty("subject").GetString().ShouldBe("shop");
    }

    // The start of pre-deploy follows the seal at once: its notice carries that of the seal more often than not.
    [Fact]
    public async Task Sends_the_cd_events_of_a_notice_that_was_overtaken()
    {
        var channel = Create(new ChannelSettings { Name = "it", Url = Service.Address + Path, Content = "cdevents" });
        var seal = Sample.Sealed() with
        {
            BatchId = null,
            Applications = [new ApplicationOutcome("shop", ReleaseStatus.None) { ImageName = "registry.example.com/shop", ImageTag = "7" }]
        };

        (await channel.SendAsync(Sample.Message(Sample.Started() with { BatchId = null }, seal), TestContext.Current.CancellationToken)).Verdict.ShouldBe(
            ChannelVerdict.Ok);

        Service.Requests.ShouldHaveSingleItem().Json.EnumerateArray().Select(e => e.GetProperty("type").GetString())
            .ShouldBe(["dev.cdevents.artifact.published.0.3.0"]);
    }

    [Fact]
    public async Task Sends_no_cd_events_for_a_notice_that_maps_to_none()
    {
        var channel = Create(new ChannelSettings { Name = "it", Url = Service.Address + Path, Content = "cdevents" });

        (await channel.SendAsync(Sample.Message(Sample.Approved()), TestContext.Current.CancellationToken)).Verdict.ShouldBe(ChannelVerdict.Ok);

        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Leaves_applications_out_with_their_count_when_the_event_grows_too_large()
    {
        var data = (await Send(Sample.Failed(failed: 480, total: 500, reason: new string('x', 2000)))).Json.GetProperty("data");

        data.GetProperty("applicationsLeftOut").GetInt32().ShouldBe(500 - data.GetProperty("applications").GetArrayLength());
        data.GetProperty("applicationsLeftOut").GetInt32().ShouldBeGreaterThan(0);
    }
}
