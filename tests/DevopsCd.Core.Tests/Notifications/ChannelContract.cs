using DevopsCd.Core.Deployments;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Outbound;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Core.Tests.Notifications;

/// <summary>What every channel over HTTP must do. A new channel derives a class from this and says how its service speaks.</summary>
public abstract class ChannelContract : IAsyncLifetime
{
    /// <summary>No character of it may appear in anything a channel says.</summary>
    private protected const string Canary = "canary-7f3a91c2d4e5-canary";

    private protected const string SecretCanary = "SECcanary0123456789";

    /// <summary>Text that would format, link or ping in some service.</summary>
    private protected const string Hostile =
        "<at user_id=\"all\">all</at> <at id=all></at> <!channel> <@all> @all [click](http://evil.example) **bold** `code`\n# heading";

    private FakeService? _service;

    private protected FakeService Service => _service ?? throw new InvalidOperationException("The fake service has not started");

    private protected FakeTimeProvider Clock { get; } = new(Sample.Noon);

    private protected NotificationOptions Options { get; } = new() { AllowHttp = true, AllowedHosts = ["127.0.0.1"], PublicUrl = "https://cd.example.com" };

    private protected OutboundHttp Http { get; private set; } = null!;

    private protected virtual string Path => $"/hook/{Canary}";

    /// <summary>How the service says yes.</summary>
    private protected abstract FakeReply Yes { get; }

    /// <summary>How it says that it is asked too often.</summary>
    private protected abstract FakeReply TooOften { get; }

    /// <summary>How it says that this will never do.</summary>
    private protected abstract FakeReply Never { get; }

    /// <summary>How it says that this is too long.</summary>
    private protected virtual FakeReply TooLong => new(413, "Request Entity Too Large");

    /// <summary>The largest request, or part of one, that the service takes, in bytes.</summary>
    private protected abstract int Longest { get; }

    private protected abstract INotificationChannel Create(ChannelSettings settings);

    /// <summary>What the limit of size counts; the whole body unless told.</summary>
    private protected virtual int Size(FakeRequest request) => request.Body.Length;

    /// <summary>The text that the service would read as markup.</summary>
    private protected abstract string Rendered(FakeRequest request);

    private protected virtual bool TruncatesToCount => true;

    /// <summary>Whether any answer of 2xx is the service's yes.</summary>
    private protected virtual bool TakesAnySuccessForYes => false;

    /// <summary>Whether the service reads <c>[text](address)</c> as a link.</summary>
    private protected virtual bool KnowsMarkdownLinks => true;

    public async ValueTask InitializeAsync()
    {
        _service = await FakeService.StartAsync();
        _service.Answer = _ => Yes;
        Http = new OutboundHttp(Options.Outbound(), new OutboundNetwork(), Clock);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Service.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected INotificationChannel Channel(string? address = null) =>
        Create(new ChannelSettings { Name = "it", Url = (address ?? Service.Address) + Path, Secret = SecretCanary });

    private protected async Task<FakeRequest> Send(Notice notice, params Notice[] carried)
    {
        var answer = await Channel().SendAsync(Sample.Message(notice, carried), TestContext.Current.CancellationToken);
        answer.Verdict.ShouldBe(ChannelVerdict.Ok, answer.Detail);
        return Service.Requests[^1];
    }

    [Fact]
    public async Task Sends_a_message_once()
    {
        var answer = await Channel().SendAsync(Sample.Message(Sample.Failed()), TestContext.Current.CancellationToken);

        answer.Verdict.ShouldBe(ChannelVerdict.Ok);
        Service.Requests.Count.ShouldBe(1);
        Rendered(Service.Requests[0]).ShouldContain("image not found");
    }

    [Fact]
    public async Task Honours_cancellation()
    {
        Service.Hold();
        using var stop = new CancellationTokenSource();
        var sending = Channel().SendAsync(Sample.Message(Sample.Approved()), stop.Token);
        await Service.Arrived.WaitAsync(TestContext.Current.CancellationToken);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(sending);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Gives_up_on_a_silent_service_and_tries_later(bool afterItsHeaders)
    {
        Service.Hold(afterItsHeaders);
        var sending = Channel().SendAsync(Sample.Message(Sample.Approved()), TestContext.Current.CancellationToken);
        await Service.Arrived.WaitAsync(TestContext.Current.CancellationToken);

        Clock.Advance(Options.SendTimeout);

        (await sending).Verdict.ShouldBe(ChannelVerdict.Retry);
    }

    [Fact]
    public async Task Tries_later_when_the_service_wants_silence()
    {
        Service.Answer = _ => TooOften;

        var answer = await Channel().SendAsync(Sample.Message(Sample.Approved()), TestContext.Current.CancellationToken);

        answer.Verdict.ShouldBe(ChannelVerdict.Retry);
        answer.Silence.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public async Task Stops_when_the_service_will_never_take_it()
    {
        Service.Answer = _ => Never;

        (await Channel().SendAsync(Sample.Message(Sample.Approved()), TestContext.Current.CancellationToken)).Verdict.ShouldBe(ChannelVerdict.Stop);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(408)]
    public async Task Tries_later_after_a_passing_fault(int status)
    {
        Service.Answer = _ => new FakeReply(status, "oops");

        (await Channel().SendAsync(Sample.Message(Sample.Approved()), TestContext.Current.CancellationToken)).Verdict.ShouldBe(ChannelVerdict.Retry);
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(200, "OK, thanks")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"ok":true,"code":"0","errcode":"0"}""")]
    [InlineData(200, "<html>please log in</html>")]
    [InlineData(204, "")]
    public async Task Takes_nothing_for_a_yes_but_the_yes_its_service_documents(int status, string body)
    {
        Service.Answer = _ => new FakeReply(status, body);

        var answer = await Channel().SendAsync(Sample.Message(Sample.Approved()), TestContext.Current.CancellationToken);

        answer.Verdict.ShouldBe(TakesAnySuccessForYes ? ChannelVerdict.Ok : ChannelVerdict.Retry);
    }

    [Fact]
    public async Task Sends_again_shorter_what_its_service_finds_too_long()
    {
        var (channel, message) =
            (Channel(), Sample.Message(Sample.Failed(failed: 480, total: 500, reason: string.Concat(Enumerable.Repeat("镜像拉取失败 pull ", 30)))));
        Service.Answer = r => r.Body.Length > Service.Requests[0].Body.Length * 2 / 3 ? TooLong : Yes;

        var refused = await channel.SendAsync(message, TestContext.Current.CancellationToken);
        var taken = await channel.SendAsync(message, TestContext.Current.CancellationToken);

        (refused.Verdict, taken.Verdict).ShouldBe((ChannelVerdict.Retry, ChannelVerdict.Ok), refused.Detail);
        Service.Requests[1].Body.Length.ShouldBeLessThan(Service.Requests[0].Body.Length);
        Rendered(Service.Requests[1]).ShouldContain("B20261124-042");
    }

    [Fact]
    public async Task Gives_up_what_its_service_finds_too_long_however_short()
    {
        var (channel, message) = (Channel(), Sample.Message(Sample.Failed(failed: 480, total: 500)));
        Service.Answer = _ => TooLong;

        var verdicts = new List<ChannelVerdict>();
        while (verdicts.Count < 12 && !verdicts.Contains(ChannelVerdict.Stop))
            verdicts.Add((await channel.SendAsync(message, TestContext.Current.CancellationToken)).Verdict);

        verdicts[^1].ShouldBe(ChannelVerdict.Stop);
        verdicts.SkipLast(1).ShouldAllBe(v => v == ChannelVerdict.Retry);
    }

    [Fact]
    public async Task Keeps_the_wait_that_http_asks_for()
    {
        Service.Answer = _ => new FakeReply(429, "slow down", "77");

        var answer = await Channel().SendAsync(Sample.Message(Sample.Approved()), TestContext.Current.CancellationToken);

        answer.Verdict.ShouldBe(ChannelVerdict.Retry);
        answer.Silence.ShouldBe(TimeSpan.FromSeconds(77));
    }

    [Fact]
    public async Task Follows_no_redirect()
    {
        Service.Answer = r => r.Path == "/elsewhere" ? Yes : new FakeReply(302, "", Location: "/elsewhere");

        var answer = await Channel().SendAsync(Sample.Message(Sample.Approved()), TestContext.Current.CancellationToken);

        answer.Verdict.ShouldBe(ChannelVerdict.Stop);
        Service.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(500)]
    public async Task Hides_the_secrets_that_a_service_echoes(int status)
    {
        Service.Answer = r => new FakeReply(status, $"no: {r.Path}{r.Query} {SecretCanary} {Service.Address}{Path} code 1");

        var answer = await Channel().SendAsync(Sample.Message(Sample.Approved()), TestContext.Current.CancellationToken);

        answer.Detail.ShouldNotContain(Canary, Case.Insensitive);
        answer.Detail.ShouldNotContain(SecretCanary, Case.Insensitive);
    }

    [Fact]
    public async Task Hides_the_secrets_when_nobody_listens()
    {
        var channel = Channel($"http://127.0.0.1:{DevopsCd.Testing.FreePort.Next()}");

        var answer = await channel.SendAsync(Sample.Message(Sample.Approved()), TestContext.Current.CancellationToken);

        answer.Verdict.ShouldBe(ChannelVerdict.Retry);
        answer.Detail.ShouldNotContain(Canary, Case.Insensitive);
    }

    [Fact]
    public async Task Lets_no_text_of_people_become_markup_or_a_mention()
    {
        var notice = Sample.Failed(reason: Hostile) with
        {
            Title = Hostile,
            Operator = Hostile,
            Applications = [new ApplicationOutcome(Hostile, ReleaseStatus.Failed, Hostile)]
        };

        var text = Rendered(await Send(notice, Sample.Approved() with { Operator = Hostile }));

        text.ShouldNotContain("<at");
        text.ShouldNotContain("<!");
        text.ShouldNotContain("<@");
        if (KnowsMarkdownLinks)
            text.ShouldNotContain("](http://evil");
        text.ShouldNotContain("\n# heading");
    }

    [Fact]
    public async Task Keeps_within_the_size_and_counts_what_it_leaves_out()
    {
        var request = await Send(Sample.Failed(failed: 480, total: 500, reason: string.Concat(Enumerable.Repeat("镜像拉取失败 <pull> ", 60))));

        Size(request).ShouldBeLessThanOrEqualTo(Longest);
        if (TruncatesToCount)
        {
            var text = Rendered(request);
            var told = Enumerable.Range(1, 500).Count(n => text.Contains($"app-{n} ", StringComparison.Ordinal));
            text.ShouldContain($"{500 - told} more");
            text.ShouldContain("失败 failed 480");
        }
    }
}
