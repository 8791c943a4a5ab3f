using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DevopsCd.Core.Notifications;

/// <summary>One step of a channel: claim, send, write what came of it.</summary>
internal sealed class NotificationPump(
    NotificationStore store, NoticeComposer composer, IOptions<NotificationOptions> options, TimeProvider clock, ILogger<NotificationPump> log)
{
    /// <summary>Sends at most one message. Returns whether it sent, and otherwise when it is worth looking again.</summary>
    public async Task<(bool Sent, DateTimeOffset? LookAgainAt)> StepAsync(INotificationChannel channel, CancellationToken cancellationToken)
    {
        var (claim, again) = await store.ClaimAsync(channel, cancellationToken);
        if (claim is null)
            return (false, again);
        var answer = await SendAsync(channel, claim, cancellationToken);
        var next = await store.CompleteAsync(channel, claim, answer, cancellationToken);
        var (notice, tries) = (claim.Main.Notice, claim.Main.Row.Tries);
        if (answer.Verdict == ChannelVerdict.Ok)
            log.NoticeSent(notice.BatchNumber, notice.Key, channel.Name, claim.Carried.Count + 1);
        else if (next is { } at)
            log.NoticeRetried(notice.BatchNumber, notice.Key, channel.Name, tries, at - clock.GetUtcNow(), answer.Detail);
        else
            log.NoticeFailed(notice.BatchNumber, notice.Key, channel.Name, tries, answer.Detail);
        return (true, null);
    }

    private async Task<ChannelAnswer> SendAsync(INotificationChannel channel, NotificationClaim claim, CancellationToken cancellationToken)
    {
        // Whatever a channel does, its call ends before its lease.
        using var limit = new CancellationTokenSource(options.Value.SendTimeout.Value + TimeSpan.FromSeconds(10), clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await channel.SendAsync(composer.Compose(claim.Main.Notice, claim.Carried.Select(r => r.Notice).ToList()), both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ChannelAnswer.Retry("The channel took too long");
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // A channel's own fault; its text may hold an address, so only its kind is told.
            return ChannelAnswer.Retry($"The channel failed with {fault.GetType().Name}");
        }
    }
}
