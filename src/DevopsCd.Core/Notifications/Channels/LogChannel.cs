using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Limits;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>Writes notices into the log.</summary>
internal sealed class LogChannel(ChannelSettings settings, ILogger<LogChannel> log) : INotificationChannel
{
    private static readonly Markup s_markup = new(text => text, label => label, "; ");

    public string Name => settings.Name;

    public RateLimit Limit => RateLimit.None;

    public string? Address => null;

    public Task<ChannelAnswer> SendAsync(NoticeMessage message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        log.Told(message.Notice.BatchNumber, message.Tone, message.Title, s_markup.Body(message, new MessageDetail(10, 5, 300)));
        return Task.FromResult(ChannelAnswer.Ok("written to the log"));
    }
}
