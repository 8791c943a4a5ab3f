using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Limits;
using DevopsCd.Core.Outbound;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>Mail with text and HTML. The ids come from the notices, so that a repeated mail is the same mail and a batch is one thread.</summary>
internal sealed partial class EmailChannel(ChannelSettings settings, NotificationOptions options, TimeProvider clock) : INotificationChannel
{
    private const int Longest = 100_000;
    private static readonly RateLimit s_limit = new(RateWindow.PerSecond(2), RateWindow.PerMinute(60));
    private static readonly Markup s_text = new(text => text, label => label);
    private static readonly Markup s_html = new(WebUtility.HtmlEncode, label => $"<b>{label}</b>", "<br>\n");
    private readonly Redactor _redactor = new(settings.Secrets(), settings.Url);
    private readonly SizeLimit _size = new(Longest);

    public string Name => settings.Name;

    public RateLimit Limit => s_limit;

    public string? Address => $"{settings.Host}:{settings.Port}";

    public async Task<ChannelAnswer> SendAsync(NoticeMessage message, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.SendTimeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var mail = Mail(message);
            using var client = new SmtpClient { CheckCertificateRevocation = settings.CheckRevocation };
            await client.ConnectAsync(settings.Host!, settings.Port, Security(), both.Token);
            if (settings.Username is { Length: > 0 } user)
                await client.AuthenticateAsync(user, settings.Password ?? "", both.Token);
            var answer = await client.SendAsync(mail, both.Token);
            await QuitAsync(client, both.Token);
            return ChannelAnswer.Ok(_redactor.Clean(answer));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ChannelAnswer.Retry($"No answer within {options.SendTimeout}");
        }
        catch (SmtpCommandException refused)
        {
            var detail = _redactor.Clean($"SMTP {(int)refused.StatusCode}: {refused.Message}");
            if (refused.StatusCode == SmtpStatusCode.ExceededStorageAllocation && TooLong().IsMatch(refused.Message))
                return ChannelAnswer.TooLong(detail).After(_size, _size.Present);
            return (int)refused.StatusCode >= 500 ? ChannelAnswer.Stop(detail) : ChannelAnswer.Retry(detail);
        }
        catch (AuthenticationException refused)
        {
            return ChannelAnswer.Stop(_redactor.Clean($"Authentication failed: {refused.Message}"));
        }
        catch (NotSupportedException refused)
        {
            // STARTTLS was asked for and the server does not offer it: mail must not go in the clear instead.
            return ChannelAnswer.Stop(_redactor.Clean(refused.Message));
        }
        catch (Exception fault) when (fault is ProtocolException or SslHandshakeException or SocketException or IOException)
        {
            return ChannelAnswer.Retry(_redactor.Clean(fault.Message));
        }
    }

    private static async Task QuitAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(true, cancellationToken);
        }
        catch (Exception fault) when (fault is ProtocolException or SocketException or IOException or OperationCanceledException)
        {
            // The server has taken the mail: a broken goodbye must not send it twice.
        }
    }

    private MimeMessage Mail(NoticeMessage message)
    {
        var from = MailboxAddress.Parse(settings.From!);
        var mail = new MimeMessage
        {
            MessageId = Id(message.Notice.Key, from.Domain),
            Date = message.Notice.At,
            Subject = TextSanitizer.Clip($"[DevopsCd] {message.Title}", 180)
        };
        mail.From.Add(from);
        mail.To.AddRange(settings.To.Select(MailboxAddress.Parse));
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        if (message.Notice.BatchId is { } batch)
        {
            // Nobody sends the thread's root; readers of mail group by it all the same.
            var root = Id($"batch/{batch}", from.Domain);
            mail.References.Add(root);
            mail.InReplyTo = root;
        }
        var link = message.Link?.AbsoluteUri;
        var text = Fit(message, detail => s_text.Body(message, detail));
        var html = Fit(message, detail => s_html.Body(message, detail));
        mail.Body = new BodyBuilder
        {
            TextBody = link is null ? text : $"{text}\n\n{link}\n",
            HtmlBody = $"<!doctype html><html><body><h3 style=\"color:{Colour(message.Tone)}\">{WebUtility.HtmlEncode(message.Title)}</h3><p>{html}</p>" +
                (link is null ? "" : $"<p><a href=\"{WebUtility.HtmlEncode(link)}\">打开批次 Open</a></p>") + "</body></html>"
        }.ToMessageBody();
        mail.Prepare(EncodingConstraint.SevenBit);
        return mail;
    }

    private string Fit(NoticeMessage message, Func<MessageDetail, string> build) =>
        Encoding.UTF8.GetString(MessageDetail.Fit(message, _size.Present, ServiceSize.OfText, detail => Encoding.UTF8.GetBytes(build(detail))));

    private static string Id(string key, string domain) =>
        $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32]}@{(domain.Length > 0 ? domain : "devopscd.invalid")}";

    private static string Colour(MessageTone tone) => tone switch
    {
        MessageTone.Good => "#1a7f37",
        MessageTone.Bad => "#cf222e",
        MessageTone.Waiting => "#bc4c00",
        MessageTone.Closed => "#57606a",
        _ => "#0969da"
    };

    /// <summary>552 is said of a full mailbox as well; only the size is ours to change.</summary>
    [GeneratedRegex(@"\bsize\b|too (large|big|long)|5\.3\.4", RegexOptions.IgnoreCase)]
    private static partial Regex TooLong();

    private SecureSocketOptions Security() => settings.Security switch
    {
        "ssl" => SecureSocketOptions.SslOnConnect,
        "none" => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls
    };
}
