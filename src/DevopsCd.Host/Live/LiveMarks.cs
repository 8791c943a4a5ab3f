using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.Intake.Webhooks;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Parking;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Live;

/// <summary>
/// Marks of what is followed: a mark differs once anything differs that a page shows, or that a stream sends. They cost a few rows, whatever the page
/// costs.
/// </summary>
internal sealed class LiveMarks(IServiceScopeFactory scopes, ChangeTail tail)
{
    /// <summary>Of lists only the newest rows change; what pages show beyond is read when it is asked for.</summary>
    private const int Newest = 200;

    public async Task<string> OfAsync(LiveTopic topic, CancellationToken cancellationToken) =>
        (await OfAsync([topic], cancellationToken)).GetValueOrDefault(topic, "");

    public async Task<Dictionary<LiveTopic, string>> OfAsync(IReadOnlyCollection<LiveTopic> topics, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var marks = await BatchesAsync(db, [.. topics.Select(topic => topic.Id).Where(id => id > 0)], cancellationToken);
        foreach (var topic in topics.Where(topic => topic.Id <= 0))
            marks[topic] = topic == LiveTopic.Changes ? Of(await tail.LookAsync(cancellationToken)) : await ListAsync(db, topic, cancellationToken);
        return marks;
    }

    private static async Task<Dictionary<LiveTopic, string>> BatchesAsync(CdDbContext db, List<long> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
            return [];
        var batches = await db.Batches.Where(b => ids.Contains(b.Id)).Select(b => new
        {
            b.Id,
            b.Version,
            b.UpdatedAt,
            b.CancelRequested,
            b.RollbackRequested,
            b.ProdPlannedAt,
            Event = db.BatchEvents.Where(e => e.BatchId == b.Id).Max(e => (long?)e.Id)
        }).AsNoTracking().ToListAsync(cancellationToken);
        var releases = (await db.Releases.Where(r => ids.Contains(r.BatchId)).GroupBy(r => new { r.BatchId, r.PreStatus, r.ProdStatus, r.RollbackStatus })
            .Select(g => new { g.Key, Count = g.Count(), Reasons = g.Sum(r => (int?)r.StatusReason!.Length), Builds = g.Sum(r => r.LatestBuildId) })
            .ToListAsync(cancellationToken)).ToLookup(g => g.Key.BatchId);
        var operations = (await db.Deployments.Where(d => ids.Contains(d.BatchId)).GroupBy(d => new { d.BatchId, d.Status, d.MayRun })
            .Select(g => new { g.Key, Count = g.Count(), Tries = g.Sum(d => d.Tries), Errors = g.Sum(d => (int?)d.Error!.Length), Last = g.Max(d => d.Id) })
            .ToListAsync(cancellationToken)).ToLookup(g => g.Key.BatchId);
        return batches.ToDictionary(b => LiveTopic.Batch(b.Id), b => string.Join(
            '\n', releases[b.Id].Select(g => g.ToString()).Concat(operations[b.Id].Select(g => g.ToString())).Order(StringComparer.Ordinal)
                .Prepend(b.ToString())));
    }

    private static async Task<string> ListAsync(CdDbContext db, LiveTopic topic, CancellationToken cancellationToken)
    {
        if (topic == LiveTopic.Batches)
            return Of(await db.BatchEvents.MaxAsync(e => (long?)e.Id, cancellationToken));
        if (topic == LiveTopic.Builds)
            return Of(await db.Builds.MaxAsync(b => (long?)b.Id, cancellationToken));
        if (topic == LiveTopic.Parked)
            return Of(await db.Set<ParkedMessage>().MaxAsync(m => (long?)m.Id, cancellationToken))
                + Of(await db.Set<ParkedAction>().MaxAsync(a => (long?)a.Id, cancellationToken));
        if (topic == LiveTopic.Access)
            return Of(await db.Set<AccessEvent>().MaxAsync(e => (long?)e.Id, cancellationToken));
        if (topic == LiveTopic.Webhooks)
            return string.Join('\n', (await db.Set<WebhookDelivery>().OrderByDescending(d => d.Id).Take(Newest).GroupBy(d => d.Status)
                .Select(g => new { g.Key, Count = g.Count(), Last = g.Max(d => d.Id) }).ToListAsync(cancellationToken))
                .Select(g => g.ToString()).Order(StringComparer.Ordinal));
        if (topic == LiveTopic.Notices)
            return string.Join('\n', (await db.Set<Notification>().OrderByDescending(n => n.Id).Take(Newest).GroupBy(n => n.Status)
                .Select(g => new { g.Key, Count = g.Count(), Tries = g.Sum(n => n.Tries), Last = g.Max(n => n.Id) }).ToListAsync(cancellationToken))
                .Select(g => g.ToString()).Order(StringComparer.Ordinal));
        if (topic == LiveTopic.Deployments)
            return await DriftAsync(db, cancellationToken) + string.Join('\n', (await db.Deployments
                .OrderByDescending(d => d.Id).Take(Newest).GroupBy(d => d.Status)
                .Select(g => new { g.Key, Count = g.Count(), Last = g.Max(d => d.Id) }).ToListAsync(cancellationToken))
                .Select(g => g.ToString()).Order(StringComparer.Ordinal));
        throw new ArgumentOutOfRangeException(nameof(topic), topic, "is no list");
    }

    /// <summary>What is found to run otherwise than it was deployed: no deployment tells of it.</summary>
    private static async Task<string> DriftAsync(CdDbContext db, CancellationToken cancellationToken)
    {
        var drifted = db.Set<LiveVersion>().Where(v => v.Drift != null);
        return $"{await drifted.CountAsync(cancellationToken)} {await drifted.SumAsync(v => v.Drift!.Length, cancellationToken)}\n";
    }

    private static string Of(long? id) => $"{id};";
}
