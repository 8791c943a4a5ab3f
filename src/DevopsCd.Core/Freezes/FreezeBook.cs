using DevopsCd.Contracts.Api;
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
        var candidates = stored.Select(f => new Candidate(f, calendar.Body(f), calendar.Next(f, now)?.Contains(now) == true))
            .Where(c => (c.Body.Stages is null || c.Body.Stages.Contains(stageName, StringComparer.Ordinal))
                && (!isPaused || Effect(c.Body.InFlight) == InFlightEffect.Pause)).ToList();
        if (!candidates.Exists(c => c.IsActive))
            return [];
        var concerned = await ConcernedAsync(batches, stage, candidates.Exists(c => c.Body.Clusters is not null), cancellationToken);
        var found = new Dictionary<long, Frozen>();
        // What concerns the same projects and clusters is kept by the same freezes: looked up once, however many batches wait.
        foreach (var alike in concerned.GroupBy(batch => KeyOf(batch.Value.Projects, batch.Value.Clusters), StringComparer.Ordinal))
        {
            var (projects, clusters) = alike.First().Value;
            var freezes = candidates.Where(c => c.Concerns(projects, clusters)).ToList();
            var active = freezes.Where(c => c.IsActive).Select(c => new ActiveFreeze(c.Freeze.Name, c.Body.Reason, c.Body.Clusters)).ToList();
            if (active.Count == 0)
                continue;
            var frozen = new Frozen(active, Until(freezes, now));
            foreach (var (batch, _) in alike)
                found[batch] = frozen;
        }
        return found;
    }

    private IQueryable<Freeze> Stored(DateTimeOffset now) =>
        db.Set<Freeze>().AsNoTracking().Where(f => f.EndsAt == null || f.EndsAt > now).OrderBy(f => f.Name);

    private static string KeyOf(IEnumerable<string> projects, IEnumerable<string> clusters) =>
        $"{string.Join('\n', projects.Order(StringComparer.Ordinal))}\n\n{string.Join('\n', clusters.Order(StringComparer.Ordinal))}";

    /// <summary>The end of the last of those that follow each other without a gap.</summary>
    private DateTimeOffset Until(List<Candidate> freezes, DateTimeOffset now)
    {
        var until = now;
        while (until - now < s_farthest
            && freezes.Select(c => calendar.Next(c.Freeze, until)).Where(w => w?.Contains(until) == true).Select(w => w!.Value.To)
                .DefaultIfEmpty(until).Max() is var later
            && later > until)
            until = later;
        return until;
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

    /// <summary>A freeze of the stage in question.</summary>
    /// <param name="Freeze">The freeze.</param>
    /// <param name="Body">What it says.</param>
    /// <param name="IsActive">It holds at present.</param>
    private sealed record Candidate(Freeze Freeze, FreezeBody Body, bool IsActive)
    {
        public bool Concerns(IReadOnlySet<string> projects, IReadOnlySet<string> clusters) =>
            (Body.Projects is null || Body.Projects.Any(projects.Contains)) && (Body.Clusters is null || Body.Clusters.Any(clusters.Contains));
    }
}
