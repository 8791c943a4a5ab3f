using System.Net;
using System.Net.Http.Headers;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Limits;
using DevopsCd.Core.Outbound;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>What the channels over HTTP share: one POST, its faults and its status put into a verdict, and secrets kept out of the words.</summary>
/// <param name="settings">The channel's entry of the configuration.</param>
/// <param name="http">The way out.</param>
/// <param name="longest">The largest message as the service counts it, with a reserve; 0 when messages cannot be shortened.</param>
internal abstract class HttpChannel(ChannelSettings settings, OutboundHttp http, int longest) : INotificationChannel
{
    private readonly SizeLimit _size = new(longest);
    private readonly Redactor _redactor = new(settings.Secrets(), settings.Url);

    public string Name => settings.Name;

    public abstract RateLimit Limit { get; }

    public string? Address => settings.Url;

    protected ChannelSettings Settings => settings;

    public async Task<ChannelAnswer> SendAsync(NoticeMessage message, CancellationToken cancellationToken)
    {
        try
        {
            using var request = Request(await PrepareAsync(message, cancellationToken), _size.Present);
            if (request is null)
                return ChannelAnswer.Ok("nothing to send for this notice");
            var answer = await http.SendAsync(request, cancellationToken);
            var verdict = (answer.IsSuccess ? Read(answer) : Refused(answer)).After(_size, (int)(request.Content?.Headers.ContentLength ?? 0));
            return verdict with { Detail = _redactor.Clean(verdict.Detail) };
        }
        catch (OutboundRefusedException refused)
        {
            return ChannelAnswer.Stop(_redactor.Clean(refused.Message));
        }
        catch (Exception fault) when (fault is HttpRequestException or TimeoutException or IOException)
        {
            return ChannelAnswer.Retry(_redactor.Clean(fault.Message));
        }
    }

    /// <summary>Looks up what the request needs beyond the message.</summary>
    protected virtual ValueTask<NoticeMessage> PrepareAsync(NoticeMessage message, CancellationToken cancellationToken) => new(message);

    /// <summary>The one request for a message, within a size; null when the channel has nothing to say about it.</summary>
    protected abstract HttpRequestMessage? Request(NoticeMessage message, int longest);

    /// <summary>What an answer with a status of 2xx means. Only what the service documents as its yes is one.</summary>
    protected abstract ChannelAnswer Read(HttpAnswer answer);

    /// <summary>What an answer with another status means.</summary>
    protected virtual ChannelAnswer Refused(HttpAnswer answer)
    {
        var detail = $"HTTP {(int)answer.Status}: {answer.Body}";
        return answer.Status switch
        {
            HttpStatusCode.TooManyRequests => ChannelAnswer.Retry(detail, answer.RetryAfter ?? TimeSpan.FromSeconds(30)),
            HttpStatusCode.RequestEntityTooLarge => ChannelAnswer.TooLong(detail),
            HttpStatusCode.ServiceUnavailable => ChannelAnswer.Retry(detail, answer.RetryAfter),
            HttpStatusCode.RequestTimeout or HttpStatusCode.Locked or (HttpStatusCode)425 or >= HttpStatusCode.InternalServerError =>
                ChannelAnswer.Retry(detail),
            // A redirect would carry the notice and its signature to a place that nobody configured.
            _ => ChannelAnswer.Stop(detail)
        };
    }

    protected HttpRequestMessage Post(byte[] body, string? address = null, string mediaType = "application/json") =>
        new(HttpMethod.Post, address ?? settings.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType, "utf-8") } }
        };
}
