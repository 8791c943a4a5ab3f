using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Policies;

/// <summary>The policies that a batch is released by, as they are now: those of all projects it concerns. Read once for all that one scope does.</summary>
internal sealed class BatchPolicies(CdDbContext db, PolicyRules rules)
{
    private readonly Dictionary<long, IReadOnlyDictionary<string, ProjectPolicy>> _read = [];
    private readonly Dictionary<string, ProjectPolicy> _complete = new(StringComparer.Ordinal);

    /// <summary>What satisfies all of them.</summary>
    public async Task<ProjectPolicy> OfAsync(Batch batch, CancellationToken cancellationToken) =>
        (await ByProjectAsync(batch.Id, cancellationToken)).Values.Aggregate((one, other) => one.And(other));

    /// <summary>Each of them by its project's name.</summary>
    public async Task<IReadOnlyDictionary<string, ProjectPolicy>> ByProjectAsync(long batchId, CancellationToken cancellationToken)
    {
        if (_read.TryGetValue(batchId, out var known))
            return known;
        return _read[batchId] = Complete(await Stored(ProjectsOf.Names(db, batchId)).ToListAsync(cancellationToken));
    }

    /// <summary>Reads those of many batches with one statement: from then on they are known.</summary>
    public async Task ReadAsync(IReadOnlyCollection<long> batches, CancellationToken cancellationToken)
    {
        var unknown = batches.Where(id => !_read.ContainsKey(id)).Distinct().ToList();
        if (unknown.Count == 0)
            return;
        var query =
            from name in ProjectsOf.Names(db, unknown)
            join project in db.Set<Project>() on name.Project equals project.Name into projects
            from project in projects.DefaultIfEmpty()
            select new { name.BatchId, name.Project, Policy = project == null ? null : project.Policy };
        var stored = (await query.ToListAsync(cancellationToken)).ToLookup(s => s.BatchId, s => new StoredPolicy(s.Project, s.Policy));
        foreach (var id in unknown)
            _read[id] = Complete([.. stored[id]]);
    }

    /// <summary>Has them read together with other queries.</summary>
    /// <param name="queries">Of the same context.</param>
    /// <param name="batchId">The batch.</param>
    /// <returns>To be called when the queries have been read: from then on they are known.</returns>
    public Action ReadWith(QueryBatch queries, long batchId)
    {
        var stored = queries.Add(Stored(ProjectsOf.Names(db, batchId)));
        return () => _read[batchId] = Complete(stored);
    }

    /// <summary>The same with the lock of a batch, by its correlation id.</summary>
    /// <returns>To be called with the batch when the queries have been read.</returns>
    public Action<Batch> ReadWithLock(QueryBatch queries, Guid correlationId)
    {
        var stored = queries.Add(Stored(ProjectsOf.Names(db.Batches.Where(b => b.CorrelationId == correlationId))));
        return batch => _read[batch.Id] = Complete(stored);
    }

    /// <summary>The projects of the batch and of its applications, each with its policy where it has set one.</summary>
    private IQueryable<StoredPolicy> Stored(IQueryable<string> names) =>
        from name in names
        join project in db.Set<Project>() on name equals project.Name into projects
        from project in projects.DefaultIfEmpty()
        select new StoredPolicy(name, project == null ? null : project.Policy);

    private Dictionary<string, ProjectPolicy> Complete(IReadOnlyCollection<StoredPolicy> stored) => stored.Count == 0
        ? new(StringComparer.Ordinal) { [Projects.Default] = rules.Default }
        : stored.ToDictionary(s => s.Project, s => s.Policy is null ? rules.Default : Complete(s.Policy), StringComparer.Ordinal);

    private ProjectPolicy Complete(string policy) =>
        _complete.TryGetValue(policy, out var known) ? known : _complete[policy] = rules.Complete(PolicyRules.Parse(policy));

    private sealed record StoredPolicy(string Project, string? Policy);
}
