using System.Text;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;

namespace DevopsCd.Core.Tests.Notifications.Channels;

public sealed class WeComChannelTests : ChannelContract
{
    private protected override string Path => $"/cgi-bin/webhook/send?key={Canary}";

    private protected override FakeReply Yes => new(200, """{"errcode":0,"errmsg":"ok"}""");

    private protected override FakeReply TooOften => new(200, """{"errcode":45009,"errmsg":"api freq out of limit"}""");

    private protected override FakeReply Never => new(200, """{"errcode":93000,"errmsg":"invalid webhook url"}""");

    private protected override FakeReply TooLong =>
        new(200, """{"errcode":40058,"errmsg":"markdown.content exceed max length 4096. invalid Request Parameter"}""");

    private protected override int Longest => 4096;

    private protected override INotificationChannel Create(ChannelSettings settings) => new WeComChannel(settings, Http);

    private protected override int Size(FakeRequest request) => Encoding.UTF8.GetByteCount(Rendered(request));

    private protected override string Rendered(FakeRequest request) => request.Json.GetProperty("markdown").GetProperty("content").GetString()!;

    [Fact]
    public async Task Links_to_the_batch() => Rendered(await Send(Sample.Approved())).ShouldEndWith("[打开批次 Open](https://cd.example.com/batches/42)");
}
