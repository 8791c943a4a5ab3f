using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Notifications.Composing;

namespace DevopsCd.Core.Tests.Notifications.Channels;

public sealed class LarkChannelTests : ChannelContract
{
    private protected override FakeReply Yes => new(200, """{"code":0,"msg":"success","data":{}}""");

    private protected override FakeReply TooOften => new(200, """{"code":11232,"msg":"frequency limited"}""");

    private protected override FakeReply Never => new(200, """{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}""");

    private protected override int Longest => 20_000;

    private protected override int Size(FakeRequest request) => Rewritten.Size(request);

    private protected override INotificationChannel Create(ChannelSettings settings) => new LarkChannel(settings, Http, Clock);

    private protected override string Rendered(FakeRequest request) =>
        request.Json.GetProperty("card").GetProperty("body").GetProperty("elements")[0].GetProperty("content").GetString()!;

    [Fact]
    public void Signs_as_the_service_documents() => LarkChannel.Sign(1599360473, "demo").ShouldBe("l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=");

    [Fact]
    public async Task Signs_with_the_time_of_sending_in_seconds()
    {
        var body = (await Send(Sample.Approved())).Json;

        var timestamp = Sample.Noon.ToUnixTimeSeconds();
        body.GetProperty("timestamp").GetString().ShouldBe($"{timestamp}");
        body.GetProperty("sign").GetString().ShouldBe(LarkChannel.Sign(timestamp, SecretCanary));
    }

    [Fact]
    public async Task Sends_a_card_of_schema_2_in_two_languages_with_a_button_to_the_batch()
    {
        var request = await Send(Sample.Failed());

        request.Json.GetProperty("msg_type").GetString().ShouldBe("interactive");
        var card = request.Json.GetProperty("card");
        card.GetProperty("schema").GetString().ShouldBe("2.0");
        card.GetProperty("header").GetProperty("template").GetString().ShouldBe("red");
        card.GetProperty("header").GetProperty("title").GetProperty("content").GetString().ShouldBe("预发布失败 · Pre deploy failed — B20261124-042");
        var elements = card.GetProperty("body").GetProperty("elements");
        var text = elements[0].GetProperty("content").GetString()!;
        text.ShouldContain("**批次 Batch**: B20261124-042 Autumn release");
        text.ShouldContain("**状态 State**: 预发布部署中 → 封板确认");
        text.ShouldContain("**操作人 By**: engine");
        text.ShouldContain("**时间 At**: 2026-11-24 12:00:00 UTC");
        text.ShouldContain("失败 failed 1 · 成功 succeeded 2");
        elements[1].GetProperty("behaviors")[0].GetProperty("default_url").GetString().ShouldBe("https://cd.example.com/batches/42");
    }

    [Fact]
    public async Task Colours_by_outcome()
    {
        (await Colour(Sample.Approved())).ShouldBe("green");
        (await Colour(Sample.Started())).ShouldBe("blue");
        (await Colour(Sample.Completed())).ShouldBe("green");
        (await Colour(Notice.ProductionReady(Sample.Batch(status: "PreDeployed"), Sample.Noon, [], null))).ShouldBe("orange");
        (await Colour(Notice.Transition(Sample.Batch(status: "Cancelled"), "cancel", "取消批次", "Approved", "bob", Sample.Noon, null, 1))).ShouldBe("grey");
    }

    [Theory]
    [InlineData(9499)]
    [InlineData(19022)]
    [InlineData(19024)]
    public async Task Does_not_repeat_what_is_refused_for_good(int code)
    {
        Service.Answer = _ => new FakeReply(200, $$"""{"code":{{code}},"msg":"no"}""");

        (await Channel().SendAsync(Sample.Message(Sample.Approved()), TestContext.Current.CancellationToken)).Verdict.ShouldBe(ChannelVerdict.Stop);
    }

    [Theory]
    [InlineData("""{"code":999999}""")]
    [InlineData("<html>gateway</html>")]
    [InlineData("")]
    public async Task Does_not_take_an_answer_it_cannot_read_for_a_yes(string body)
    {
        Service.Answer = _ => new FakeReply(200, body);

        (await Channel().SendAsync(Sample.Message(Sample.Approved()), TestContext.Current.CancellationToken)).Verdict.ShouldBe(ChannelVerdict.Retry);
    }

    private async Task<string?> Colour(Notice notice) =>
        (await Send(notice)).Json.GetProperty("card").GetProperty("header").GetProperty("template").GetString();
}
