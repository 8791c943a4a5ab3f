using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;

namespace DevopsCd.Core.Tests.Notifications.Channels;

public sealed class DingTalkChannelTests : ChannelContract
{
    private protected override string Path => $"/robot/send?access_token={Canary}";

    private protected override FakeReply Yes => new(200, """{"errcode":0,"errmsg":"ok"}""");

    private protected override FakeReply TooOften => new(200, """{"errcode":130101,"errmsg":"send too fast"}""");

    private protected override FakeReply Never => new(200, """{"errcode":310000,"errmsg":"sign not match"}""");

    private protected override FakeReply TooLong => new(200, """{"errcode":460101,"errmsg":"message too long, exceed 20000 bytes"}""");

    private protected override int Longest => 20_000;

    private protected override int Size(FakeRequest request) => Rewritten.Size(request);

    private protected override INotificationChannel Create(ChannelSettings settings) => new DingTalkChannel(settings, Http, Clock);

    private protected override string Rendered(FakeRequest request) => request.Json.GetProperty("actionCard").GetProperty("text").GetString()!;

    [Fact]
    public void Signs_as_the_service_documents() => DingTalkChannel.Sign(1599360473000, "SECdemo").ShouldBe("tGWkA5eQOQNCNPDgphtxIoNLO+/gD8Lcb705KQoRzeY=");

    [Fact]
    public async Task Puts_time_and_signature_into_the_address()
    {
        var request = await Send(Sample.Approved());

        var time = Sample.Noon.ToUnixTimeMilliseconds();
        request.Query.ShouldBe($"?access_token={Canary}&timestamp={time}&sign={Uri.EscapeDataString(DingTalkChannel.Sign(time, SecretCanary))}");
    }

    [Fact]
    public async Task Opens_the_batch()
    {
        var card = (await Send(Sample.Approved())).Json.GetProperty("actionCard");

        card.GetProperty("btns")[0].GetProperty("actionURL").GetString().ShouldBe("https://cd.example.com/batches/42");
    }

    [Fact]
    public async Task Sends_markdown_that_pings_nobody_when_there_is_nothing_to_open()
    {
        var message = Sample.Message(Sample.Approved()) with { Link = null };

        await Channel().SendAsync(message, TestContext.Current.CancellationToken);

        Service.Requests[0].Json.GetProperty("msgtype").GetString().ShouldBe("markdown");
        Service.Requests[0].Json.GetProperty("at").GetProperty("isAtAll").GetBoolean().ShouldBeFalse();
    }
}
