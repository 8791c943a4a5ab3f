using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Shared;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Freezes;

/// <summary>What keeps batches from starting at present (R20). Asked when something is about to start, never when it is planned.</summary>
internal sealed class FreezeBook(CdDbContext db, FreezeCalendar calendar, TimeProvider clock)
{
    /// <summary>Freezes that follow each other are looked through for so long.</summary>
    private static readonly TimeSpan s_farthest = TimeSpan.FromDays(366);

    private IReadOnlyList<Freeze>? _ahead;

    /// <summary>Has the freezes read together with other queries, for the next question of this scope.</summary>
    public void ReadWith(QueryBatch queries) => _ahead = queries.Add(Stored(clock.GetUtcNow()));

    /// <summary>What keeps a stage of a batch from starting; null where nothing does.</summary>
    public async Task<Frozen?> OfAsync(Batch batch, Stage stage, CancellationToken cancellationToken) =>
        (await OfAsync([batch.Id], stage, isPaused: false, cancellationToken)).GetValueOrDefault(batch.Id);

    /// <summary>What keeps the operations of a running stage from starting; null where nothing does.</summary>
    public async Task<Frozen?> PausingAsync(Batch batch, Stage stage, CancellationToken cancellationToken) =>
        (await OfAsync([batch.Id], stage, isPaused: true, cancellationToken)).GetValueOrDefault(batch.Id);

    /// <summary>Those of many batches that cannot start, with what keeps them from it.</summary>
    public async Task<IReadOnlyDictionary<long, Frozen>> OfAsync(IReadOnlyCollection<long> batches, Stage stage, CancellationToken cancellationToken) =>
        await OfAsync(batches, stage, isPaused: false, cancellationToken);

    private async Task<Dictionary<long, Frozen>> OfAsync(
        IReadOnlyCollection<long> batches, Stage stage, bool isPaused, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var stageName = EnumNames<Stage>.Of(stage);
        var stored = _ahead ?? await Stored(now).ToListAsync(cancellationToken);
        _ahead = null;
        var candidates = stored
            .Where(f => calendar.Body(f) is var body && (body.Stages is null || body.Stages.Contains(stageName, StringComparer.Ordinal))
                && (!isPaused || Effect(body.InFlight) == InFlightEffect.Pause)).ToList();
        if (!candidates.Exists(f => calendar.Next(f, now)?.Contains(now) == true))
            return [];
        var concerned = await ConcernedAsync(batches, stage, candidates.Exists(f => calendar.Body(f).Clusters is not null), cancellationToken);
        var found = new Dictionary<long, Frozen>();
        foreach (var (batch, (projects, clusters)) in concerned)
        {
            var freezes = candidates.Where(f => Holds(f, projects, clusters)).ToList();
            var active = freezes.Where(f => calendar.Next(f, now)?.Contains(now) == true).ToList();
            if (active.Count > 0)
                found[batch] = new Frozen([.. active.Select(f => new ActiveFreeze(f.Name, calendar.Body(f).Reason, calendar.Body(f).Clusters))],
                    Until(freezes, now));
        }
        return found;
    }

    private IQueryable<Freeze> Stored(DateTimeOffset now) =>
        db.Set<Freeze>().AsNoTracking().Where(f => f.EndsAt == null || f.EndsAt > now).OrderBy(f => f.Name);

    private bool Holds(Freeze freeze, IReadOnlyCollection<string> projects, IReadOnlyCollection<string> clusters)
    {
        var body = calendar.Body(freeze);
        return (body.Projects is null || body.Projects.Any(projects.Contains)) && (body.Clusters is null || body.Clusters.Any(clusters.Contains));
    }

    /// <summary>The end of the last of those that follow each other without a gap.</summary>
    private DateTimeOffset Until(List<Freeze> freezes, DateTimeOffset now)
    {
        var until = now;
        while (until - now < s_farthest
            && freezes.Select(f => WindowAt(f, until)).Where(w => w?.Contains(until) == true).Select(w => w!.Value.To).DefaultIfEmpty(until).Max() is var later
            && later > until)
            until = later;
        return until;

        // The remembered one is that of the present; what follows it is computed.
        FreezeWindow? WindowAt(Freeze freeze, DateTimeOffset time) => time == now
            ? calendar.Next(freeze, now)
            : calendar.Next(freeze, time, 1) is [var window] ? (FreezeWindow?)window : null;
    }

    private async Task<Dictionary<long, (HashSet<string> Projects, HashSet<string> Clusters)>> ConcernedAsync(
        IReadOnlyCollection<long> batches, Stage stage, bool withClusters, CancellationToken cancellationToken)
    {
        var found = await db.Batches.AsNoTracking().Where(b => batches.Contains(b.Id)).Select(b => new { b.Id, b.Project })
            .ToDictionaryAsync(b => b.Id, b => (Projects: Set(b.Project), Clusters: Set(null)), cancellationToken);
        foreach (var release in await db.Releases.AsNoTracking().Where(r => batches.Contains(r.BatchId))
            .Select(r => new { r.BatchId, r.App.Project, Sealed = withClusters ? r.SealedTargets : null }).Distinct().ToListAsync(cancellationToken))
        {
            var (projects, clusters) = found[release.BatchId];
            projects.Add(release.Project);
            clusters.UnionWith(SealedTarget.Places(release.Sealed, stage).Select(place => place.Cluster));
        }
        foreach (var (projects, _) in found.Values.Where(b => b.Projects.Count == 0))
            projects.Add(Projects.Default);
        return found;

        static HashSet<string> Set(string? one) => one is null ? new(StringComparer.Ordinal) : new(StringComparer.Ordinal) { one };
    }

    private static InFlightEffect Effect(string? name) => name is null ? InFlightEffect.Finish : EnumNames<InFlightEffect>.Value(name);
}
