using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Observability;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Notifications.Delivery;

/// <summary>One step of a channel: claim, send, write what came of it.</summary>
internal sealed class NotificationDispatcher(
    NotificationStore store, NoticeComposer composer, NotificationOptions options, TimeProvider clock, ILogger<NotificationDispatcher> log)
{
    private static readonly TimeSpan s_rewrite = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Sends at most one message. Returns whether it sent, and otherwise when it is worth looking again.
    /// The token only stops the looking: a message that has left is written down, or it would be sent twice.
    /// </summary>
    public async Task<(bool Sent, DateTimeOffset? LookAgainAt)> StepAsync(INotificationChannel channel, CancellationToken cancellationToken)
    {
        var (claim, again) = await store.ClaimAsync(channel, cancellationToken);
        if (claim is null)
            return (false, again);
        // Frozen since the claim: by now the message is another's, or will be claimed again.
        if (clock.GetUtcNow() >= claim.LeaseEnds)
            return (false, clock.GetUtcNow());
        var answer = await SendAsync(channel, claim);
        var next = await CompleteAsync(channel, claim, answer);
        var (notice, tries) = (claim.Main.Notice, claim.Main.Row.Tries);
        Metrics.Told(channel.Name, answer.Verdict == ChannelVerdict.Ok ? "sent" : next is null ? "failed" : "retried");
        if (answer.Verdict == ChannelVerdict.Ok)
            log.NoticeSent(notice.BatchNumber, notice.Key, channel.Name, claim.Carried.Count + 1);
        else if (next is { } at)
            log.NoticeRetried(notice.BatchNumber, notice.Key, channel.Name, tries, at - clock.GetUtcNow(), answer.Detail);
        else
            log.NoticeFailed(notice.BatchNumber, notice.Key, channel.Name, tries, answer.Detail);
        return (true, null);
    }

    private async Task<DateTimeOffset?> CompleteAsync(INotificationChannel channel, NotificationClaim claim, ChannelAnswer answer)
    {
        while (true)
            try
            {
                return await store.CompleteAsync(channel, claim, answer, CancellationToken.None);
            }
            catch (Exception fault) when (clock.GetUtcNow() + s_rewrite < claim.LeaseEnds)
            {
                log.OutcomeNotWritten(fault, claim.Main.Notice.BatchNumber, claim.Main.Notice.Key, channel.Name);
                await Task.Delay(s_rewrite, clock);
            }
    }

    private async Task<ChannelAnswer> SendAsync(INotificationChannel channel, NotificationClaim claim)
    {
        // Whatever a channel does, its call ends before its lease.
        using var limit = new CancellationTokenSource(options.SendTimeout.Value + TimeSpan.FromSeconds(10), clock);
        try
        {
            return await channel.SendAsync(composer.Compose(claim.Main.Notice, claim.Carried.Select(r => r.Notice).ToList()), limit.Token);
        }
        catch (OperationCanceledException)
        {
            return ChannelAnswer.Retry("The channel took too long");
        }
        catch (Exception fault)
        {
            // A channel's own fault; its text may hold an address, so only its kind is told.
            return ChannelAnswer.Retry($"The channel failed with {fault.GetType().Name}");
        }
    }
}
