using System.Net;
using System.Net.Http.Headers;

namespace DevopsCd.Core.Notifications;

/// <summary>What the channels over HTTP share: one POST, its faults and its status put into a verdict, and secrets kept out of the words.</summary>
internal abstract class HttpChannel(ChannelSettings settings, OutboundHttp http) : INotificationChannel
{
    private readonly Redactor _redactor = new(settings);

    public string Name => settings.Name;

    public abstract RateLimit Limit { get; }

    public string? Address => settings.Url;

    protected ChannelSettings Settings => settings;

    public async Task<ChannelAnswer> SendAsync(NoticeMessage message, CancellationToken cancellationToken)
    {
        try
        {
            using var request = Request(await PrepareAsync(message, cancellationToken));
            if (request is null)
                return ChannelAnswer.Ok("nothing to send for this notice");
            var answer = await http.SendAsync(request, cancellationToken);
            var verdict = answer.IsSuccess ? Read(answer) : Refused(answer);
            return verdict with { Detail = _redactor.Clean(verdict.Detail) };
        }
        catch (OutboundRefused refused)
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

    /// <summary>The one request for a message; null when the channel has nothing to say about it.</summary>
    protected abstract HttpRequestMessage? Request(NoticeMessage message);

    /// <summary>What an answer with a status of 2xx means.</summary>
    protected abstract ChannelAnswer Read(HttpAnswer answer);

    /// <summary>What an answer with another status means.</summary>
    protected virtual ChannelAnswer Refused(HttpAnswer answer)
    {
        var detail = $"HTTP {(int)answer.Status}: {answer.Body}";
        return answer.Status switch
        {
            HttpStatusCode.TooManyRequests => ChannelAnswer.Retry(detail, answer.RetryAfter ?? TimeSpan.FromSeconds(30)),
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
