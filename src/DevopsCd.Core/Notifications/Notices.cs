using DevopsCd.Core.Data;

namespace DevopsCd.Core.Notifications;

/// <summary>Puts notices on their way: rows in the scope's context, which leave when it commits and vanish when it does not (R11).</summary>
internal sealed class Notices(CdDbContext db, ChannelChoice channels, NotificationSignal signal, TimeProvider clock)
{
    /// <summary>One row a channel of the batch's project. Nothing is sent here, and nothing can fail here that is not the transition's own failure.</summary>
    public void Add(Notice notice)
    {
        var chosen = channels.For(notice.Project);
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
        signal.Expect(db);
    }
}
