using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;

namespace DevopsCd.Core.Tests.Notifications.Channels;

public sealed class TeamsChannelTests : ChannelContract
{
    private protected override FakeReply Yes => new(202, "");

    private protected override FakeReply TooOften => new(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429");

    private protected override FakeReply Never => new(400, "TriggerInputSchemaMismatch");

    private protected override FakeReply TooLong =>
        new(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413 with ContextId tcid=1,server=AM3");

    private protected override int Longest => 28 * 1024;

    private protected override int Size(FakeRequest request) => Rewritten.Size(request);

    private protected override INotificationChannel Create(ChannelSettings settings) => new TeamsChannel(settings, Http);

    // Text runs are not markup at all: what could become markup is everything else, and there must be none of it.
    private protected override string Rendered(FakeRequest request) => string.Join('\n', Card(request).GetProperty("body").EnumerateArray()
        .Select(block =>
        {
            block.GetProperty("type").GetString().ShouldBe("RichTextBlock");
            return string.Concat(block.GetProperty("inlines").EnumerateArray().Select(run =>
            {
                run.GetProperty("type").GetString().ShouldBe("TextRun");
                return run.GetProperty("text").GetString()!;
            }));
        })).Replace("<at", "").Replace("<!", "").Replace("<@", "").Replace("](", "");

    [Theory]
    [InlineData("Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 400 with ContextId tcid=1", "Stop")]
    [InlineData("Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 403 with ContextId tcid=1", "Stop")]
    [InlineData("Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 404 with ContextId tcid=1", "Stop")]
    [InlineData("Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 503 with ContextId tcid=1", "Retry")]
    [InlineData("Bad payload received by generic incoming webhook.", "Stop")]
    [InlineData("Summary or Text is required.", "Stop")]
    [InlineData("1", "Ok")]
    public async Task Reads_the_refusal_that_stands_in_the_text_of_a_success(string text, string verdict)
    {
        foreach (var status in (int[])[200, 202])
        {
            Service.Answer = _ => new FakeReply(status, text);

            (await Channel().SendAsync(Sample.Message(Sample.Failed()), TestContext.Current.CancellationToken)).Verdict.ToString().ShouldBe(verdict);
        }
    }

    [Fact]
    public async Task Sends_an_adaptive_card_without_entities_that_could_mention_anybody()
    {
        var card = Card(await Send(Sample.Approved()));

        card.GetProperty("type").GetString().ShouldBe("AdaptiveCard");
        card.TryGetProperty("msteams", out _).ShouldBeFalse();
        card.GetProperty("actions")[0].GetProperty("url").GetString().ShouldBe("https://cd.example.com/batches/42");
    }

    private static System.Text.Json.JsonElement Card(FakeRequest request)
    {
        var attachment = request.Json.GetProperty("attachments")[0];
        attachment.GetProperty("contentType").GetString().ShouldBe("application/vnd.microsoft.card.adaptive");
        return attachment.GetProperty("content");
    }
}
