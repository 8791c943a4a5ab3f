using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Gates;

/// <summary>How the gates of a batch stand (R22). Changes nothing.</summary>
internal sealed class GateBook(CdDbContext db, BatchPolicies policies, PolicyRules rules)
{
    /// <summary>Whether any of the batch's policies has gates, wherever they stand.</summary>
    public async Task<bool> HasAnyAsync(Batch batch, CancellationToken cancellationToken) =>
        (await policies.ByProjectAsync(batch.Id, cancellationToken)).Values.Any(policy => policy.Gates.Count > 0);

    /// <summary>The gates that stand at a point, each with what became of it for the present content and attempt. None costs no query.</summary>
    public async Task<IReadOnlyList<StandingGate>> OfAsync(Batch batch, GatePoint point, CancellationToken cancellationToken) =>
        (await OfAsync([(batch, point)], cancellationToken))[0];

    /// <summary>The same of many batches, in their order. However many they are, it takes the same few statements.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<StandingGate>>> OfAsync(
        IReadOnlyList<(Batch Batch, GatePoint Point)> asked, CancellationToken cancellationToken)
    {
        await policies.ReadAsync([.. asked.Select(of => of.Batch.Id)], cancellationToken);
        var gates = new List<IReadOnlyList<(string Project, Gate Gate)>>(asked.Count);
        foreach (var (batch, point) in asked)
            gates.Add(await AtAsync(batch, point, cancellationToken));
        var held = asked.Where((_, i) => gates[i].Count > 0).Select(of => of.Batch.Id).Distinct().ToList();
        if (held.Count == 0)
            return [.. asked.Select(_ => (IReadOnlyList<StandingGate>)[])];
        var hashes = await HashesAsync(held, cancellationToken);
        var runs = (await db.Set<GateRun>().Where(r => held.Contains(r.BatchId) && r.Status != GateStatus.Outdated).OrderBy(r => r.Id)
            .ToListAsync(cancellationToken)).ToLookup(r => (r.BatchId, r.Point, r.Attempt, r.ContentHash));
        return [.. asked.Select((of, i) => (IReadOnlyList<StandingGate>)[.. gates[i].Select(g => new StandingGate(g.Project, g.Gate,
            runs[(of.Batch.Id, of.Point, of.Point.Attempt(of.Batch), hashes[of.Batch.Id])].LastOrDefault(r => IsOf(r, g.Project, g.Gate))))])];
    }

    /// <summary>What the gates that belong to a stage say of its present attempt.</summary>
    public async Task<GateVerdict> VerdictAsync(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        if (GatePoints.After(stage) is not { } point)
            return GateVerdict.Passed;
        var open = (await OfAsync(batch, point, cancellationToken)).Where(gate => !gate.LetsPass).ToList();
        return open.Count == 0 ? GateVerdict.Passed
            : open.Exists(gate => gate.HasFailed) ? new GateVerdict(true, Sentence.Join(open.Where(gate => gate.HasFailed).Select(gate => gate.InWords())))
            : new GateVerdict(false, Sentence.Join(open.Select(gate => gate.InWords())));
    }

    /// <summary>Of some batches those that concern a project with gates; null where no project has any.</summary>
    public async Task<IQueryable<Batch>?> WithGatesAsync(IQueryable<Batch> batches, CancellationToken cancellationToken)
    {
        var projects = (await db.Set<Project>().AsNoTracking().Select(p => new { p.Name, p.Policy }).ToListAsync(cancellationToken))
            .Where(p => rules.Complete(PolicyRules.Parse(p.Policy)).Gates.Count > 0).Select(p => p.Name).ToList();
        if (projects.Count == 0)
            return null;
        var isDefault = projects.Contains(Projects.Default);
        return batches.Where(b => (b.Project == null && isDefault) || projects.Contains(b.Project!)
            || db.Releases.Any(r => r.BatchId == b.Id && projects.Contains(r.App.Project)));
    }

    /// <summary>Whether the gates that belong to a stage were asked about its present attempt: the work of the stage is done.</summary>
    public async Task<bool> WereAskedAsync(Batch batch, Stage stage, CancellationToken cancellationToken) =>
        GatePoints.After(stage) is { } point && (await OfAsync(batch, point, cancellationToken)).Any(gate => gate.Run is not null);

    /// <summary>Whether what was asked is still asked: the policy has the gate, and the batch is where it is decided, with that content and attempt.</summary>
    public async Task<bool> CountsAsync(Batch batch, GateRun run, CancellationToken cancellationToken) =>
        (await CountingAsync([(batch, run)], cancellationToken)).Count > 0;

    /// <summary>Those of them that still are asked, each of which may be of another batch.</summary>
    public async Task<IReadOnlyList<GateRun>> CountingAsync(IReadOnlyList<(Batch Batch, GateRun Run)> asked, CancellationToken cancellationToken)
    {
        var open = asked.Where(of => of.Run.Point.IsOpenFor(of.Batch) && of.Run.Attempt == of.Run.Point.Attempt(of.Batch)).ToList();
        await policies.ReadAsync([.. open.Select(of => of.Batch.Id)], cancellationToken);
        var known = new List<(Batch Batch, GateRun Run)>(open.Count);
        foreach (var (batch, run) in open)
            if ((await AtAsync(batch, run.Point, cancellationToken)).Any(g => IsOf(run, g.Project, g.Gate)))
                known.Add((batch, run));
        var hashes = await HashesAsync([.. known.Select(of => of.Batch.Id).Distinct()], cancellationToken);
        return [.. known.Where(of => of.Run.ContentHash == hashes[of.Batch.Id]).Select(of => of.Run)];
    }

    /// <summary>The hash of the content as it is stored.</summary>
    public async Task<string> HashAsync(long batchId, CancellationToken cancellationToken) => (await HashesAsync([batchId], cancellationToken))[batchId];

    private async Task<Dictionary<long, string>> HashesAsync(List<long> batches, CancellationToken cancellationToken)
    {
        if (batches.Count == 0)
            return [];
        var content = (await db.Releases.AsNoTracking().Where(r => batches.Contains(r.BatchId))
            .Select(r => new
            {
                r.BatchId,
                r.App.Name,
                r.Branch,
                BuildNumber = r.Build == null ? null : r.Build.BuildNumber,
                r.CommitId,
                r.ImageName,
                r.ImageTag,
                r.ImageDigest,
                r.DependsOn
            }).ToListAsync(cancellationToken))
            .ToLookup(r => r.BatchId,
                r => new ReleaseContent(r.Name, r.Branch, r.BuildNumber, r.CommitId, r.ImageName, r.ImageTag, r.ImageDigest, r.DependsOn));
        return batches.ToDictionary(id => id, id => ContentHash.Of(content[id]));
    }

    private async Task<IReadOnlyList<(string Project, Gate Gate)>> AtAsync(Batch batch, GatePoint point, CancellationToken cancellationToken) =>
        [.. (await policies.ByProjectAsync(batch.Id, cancellationToken)).OrderBy(p => p.Key, StringComparer.Ordinal)
            .SelectMany(p => p.Value.Gates.Where(gate => gate.Point == point).Select(gate => (p.Key, gate)))];

    private static bool IsOf(GateRun run, string project, Gate gate) =>
        run.Project == project && run.Name == gate.Name && run.Definition == GateRules.Write(gate);
}
