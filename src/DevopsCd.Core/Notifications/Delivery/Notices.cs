using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Policies;
using MassTransit;

namespace DevopsCd.Core.Notifications.Delivery;

/// <summary>Puts notices on their way: rows in the scope's context, which leave when it commits and vanish when it does not (R11).</summary>
internal sealed class Notices(CdDbContext db, ChannelChoice channels, BatchPolicies policies, WakeSignal<Notification> signal, TimeProvider clock)
{
    /// <summary>One row a channel of the batch's projects. Nothing is sent here, and nothing can fail here that is not the transition's own failure.</summary>
    public async Task AddAsync(Notice notice, CancellationToken cancellationToken)
    {
        if (channels.IsNone)
            return;
        var chosen = channels.For(notice.Project, notice.BatchId is { } batch
            ? await policies.ByProjectAsync(batch, cancellationToken)
            : new Dictionary<string, ProjectPolicy>());
        if (chosen.Count == 0)
            return;
        var now = clock.GetUtcNow();
        var payload = NoticeJson.Write(notice);
        foreach (var channel in chosen)
            db.Set<Notification>().Add(new Notification
            {
                NoticeKey = notice.Key,
                Channel = channel,
                BatchId = notice.BatchId,
                Kind = notice.Kind,
                Stage = notice.Stage,
                Payload = payload,
                NextAttemptAt = now,
                CreatedAt = now
            });
        db.AfterCommit(signal.Raise);
    }
}
