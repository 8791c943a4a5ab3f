using System.Text;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Notifications.Composing;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace DevopsCd.Core.Tests.Notifications.Channels;

public sealed class EmailChannelTests
{
    private const string Canary = "canary-pass-123";
    private readonly FakeTimeProvider _clock = new(Sample.Noon);
    private readonly NotificationOptions _options = new() { PublicUrl = "https://cd.example.com" };

    [Fact]
    public async Task Sends_a_message_once_with_text_and_html()
    {
        await using var server = new FakeSmtp();

        (await Send(server, Sample.Failed())).Verdict.ShouldBe(ChannelVerdict.Ok);

        var mail = Read(server.Mails.ShouldHaveSingleItem());
        mail.Subject.ShouldBe("[DevopsCd] 预发布失败 · Pre deploy failed — B20261124-042");
        mail.To.Mailboxes.Select(m => m.Address).ShouldBe(["ops@example.com", "dev@example.com"]);
        mail.TextBody.ShouldNotBeNull().ShouldContain("image not found");
        mail.TextBody.ShouldNotBeNull().ShouldContain("https://cd.example.com/batches/42");
        mail.HtmlBody.ShouldNotBeNull().ShouldContain("<a href=\"https://cd.example.com/batches/42\">");
        mail.Headers["Auto-Submitted"].ShouldBe("auto-generated");
    }

    [Fact]
    public async Task Gives_a_repeated_notice_the_same_message_id_and_a_batch_one_thread()
    {
        await using var server = new FakeSmtp();

        await Send(server, Sample.Approved());
        await Send(server, Sample.Approved());
        await Send(server, Sample.Failed());

        var mails = server.Mails.Select(Read).ToList();
        mails[0].MessageId.ShouldBe(mails[1].MessageId);
        mails[2].MessageId.ShouldNotBe(mails[0].MessageId);
        mails.Select(m => m.InReplyTo).Distinct().ShouldHaveSingleItem().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Lets_no_text_of_people_become_html_or_a_header()
    {
        await using var server = new FakeSmtp();
        const string hostile = "<img src=x onerror=alert(1)>\r\nBcc: everybody@example.com";
        var notice = Sample.Failed(reason: hostile) with
        {
            Title = hostile,
            Operator = hostile,
            BatchNumber = hostile,
            Applications = [new ApplicationOutcome(hostile, ReleaseStatus.Failed, hostile)]
        };

        await Send(server, notice);

        var mail = Read(server.Mails.ShouldHaveSingleItem());
        mail.HtmlBody.ShouldNotBeNull().ShouldNotContain("<img");
        mail.Bcc.ShouldBeEmpty();
        server.Commands.Count(c => c.StartsWith("RCPT")).ShouldBe(2);
    }

    [Fact]
    public async Task Counts_what_it_leaves_out()
    {
        await using var server = new FakeSmtp();

        await Send(server, Sample.Failed(failed: 480, total: 500));

        Read(server.Mails.ShouldHaveSingleItem()).TextBody.ShouldNotBeNull().ShouldContain("470 more");
    }

    [Theory]
    [InlineData("MAIL", "451 try later", "Retry")]
    [InlineData("RCPT", "450 mailbox busy", "Retry")]
    [InlineData("RCPT", "550 no such user", "Stop")]
    [InlineData(".", "452 full", "Retry")]
    [InlineData(".", "554 spam", "Stop")]
    [InlineData("AUTH", "535 wrong password", "Stop")]
    public async Task Tells_passing_from_final_refusals(string command, string answer, string verdict)
    {
        await using var server = new FakeSmtp();
        server.Answers[command] = answer;

        var outcome = await Send(server, Sample.Approved(), user: "cd");

        outcome.Verdict.ToString().ShouldBe(verdict);
        server.Mails.ShouldBeEmpty();
    }

    [Fact]
    public async Task Sends_again_shorter_what_the_server_finds_too_large()
    {
        await using var server = new FakeSmtp();
        var channel = Channel(server.Port, "none", null);
        var message = Sample.Message(Sample.Failed(failed: 480, total: 500, reason: new string('x', 300)));
        server.Answers["."] = "552 5.3.4 message size exceeds fixed limit";

        var verdicts = new List<ChannelVerdict>();
        while (verdicts.Count < 20 && !verdicts.Contains(ChannelVerdict.Stop))
            verdicts.Add((await channel.SendAsync(message, TestContext.Current.CancellationToken)).Verdict);
        server.Answers["."] = "552 mailbox full";
        var full = await channel.SendAsync(message, TestContext.Current.CancellationToken);

        verdicts.Count.ShouldBeGreaterThan(2);
        verdicts[^1].ShouldBe(ChannelVerdict.Stop);
        full.Verdict.ShouldBe(ChannelVerdict.Stop);
    }

    [Fact]
    public async Task Hides_the_password_that_a_server_echoes()
    {
        await using var server = new FakeSmtp();
        server.Answers["AUTH"] = $"535 bad password {Canary}";

        (await Send(server, Sample.Approved(), user: "cd")).Detail.ShouldNotContain(Canary);
    }

    [Fact]
    public async Task Sends_nothing_in_the_clear_when_starttls_is_not_offered()
    {
        await using var server = new FakeSmtp();

        (await Send(server, Sample.Approved(), security: "starttls", user: "cd")).Verdict.ShouldBe(ChannelVerdict.Stop);

        server.Commands.ShouldNotContain(c => c.StartsWith("AUTH") || c.StartsWith("MAIL"));
    }

    [Fact]
    public async Task Trusts_no_certificate_of_nobody()
    {
        await using var server = new FakeSmtp { OffersTls = true };

        (await Send(server, Sample.Approved(), security: "starttls", user: "cd")).Verdict.ShouldBe(ChannelVerdict.Retry);

        server.Commands.ShouldContain("STARTTLS");
        server.Commands.ShouldNotContain(c => c.StartsWith("AUTH") || c.StartsWith("MAIL"));
    }

    [Fact]
    public async Task Tries_later_when_nobody_listens()
    {
        var answer = await Channel(DevopsCd.Testing.FreePort.Next(), "none", null).SendAsync(Sample.Message(Sample.Approved()),
            TestContext.Current.CancellationToken);

        answer.Verdict.ShouldBe(ChannelVerdict.Retry);
    }

    [Fact]
    public async Task Gives_up_on_a_silent_server_and_tries_later()
    {
        await using var server = new FakeSmtp { IsSilent = true };
        var sending = Send(server, Sample.Approved());
        await server.Arrived.Task.WaitAsync(TestContext.Current.CancellationToken);

        _clock.Advance(_options.SendTimeout);

        (await sending).Verdict.ShouldBe(ChannelVerdict.Retry);
    }

    [Fact]
    public async Task Honours_cancellation()
    {
        await using var server = new FakeSmtp { IsSilent = true };
        using var stop = new CancellationTokenSource();
        var sending = Channel(server.Port, "none", null).SendAsync(Sample.Message(Sample.Approved()), stop.Token);
        await server.Arrived.Task.WaitAsync(TestContext.Current.CancellationToken);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(sending);
    }

    private static MimeMessage Read(string mail) => MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(mail)));

    private Task<ChannelAnswer> Send(FakeSmtp server, Notice notice, string security = "none", string? user = null) =>
        Channel(server.Port, security, user).SendAsync(Sample.Message(notice), TestContext.Current.CancellationToken);

    private EmailChannel Channel(int port, string security, string? user) => new(new ChannelSettings
    {
        Name = "mail",
        Type = "email",
        Host = "127.0.0.1",
        Port = port,
        Security = security,
        Username = user,
        Password = user is null ? null : Canary,
        From = "cd@example.com",
        To = ["ops@example.com", "dev@example.com"]
    }, _options, _clock);
}
