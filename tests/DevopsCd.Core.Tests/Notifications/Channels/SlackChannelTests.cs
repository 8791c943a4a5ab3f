using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;

namespace DevopsCd.Core.Tests.Notifications.Channels;

public sealed class SlackChannelTests : ChannelContract
{
    private protected override FakeReply Yes => new(200, "ok");

    private protected override FakeReply TooOften => new(429, "rate_limited", "3");

    private protected override FakeReply Never => new(404, "no_service");

    private protected override FakeReply TooLong => new(400, "msg_too_long");

    // Slack writes a link <address|text>.
    private protected override bool KnowsMarkdownLinks => false;

    private protected override int Longest => 3000;

    private protected override INotificationChannel Create(ChannelSettings settings) => new SlackChannel(settings, Http);

    private protected override int Size(FakeRequest request) => Rendered(request).Length;

    private protected override string Rendered(FakeRequest request) => Section(request).GetProperty("text").GetString()!;

    [Fact]
    public async Task Lets_the_service_find_no_links_or_names_in_the_text() =>
        Section(await Send(Sample.Approved())).GetProperty("verbatim").GetBoolean().ShouldBeTrue();

    [Fact]
    public async Task Opens_the_batch_and_has_a_plain_text_for_notifications()
    {
        var body = (await Send(Sample.Approved())).Json;

        body.GetProperty("text").GetString().ShouldBe("审核通过 · Approve — B20261124-042");
        body.GetProperty("blocks")[2].GetProperty("elements")[0].GetProperty("url").GetString().ShouldBe("https://cd.example.com/batches/42");
    }

    private static System.Text.Json.JsonElement Section(FakeRequest request) => request.Json.GetProperty("blocks")[1].GetProperty("text");
}
