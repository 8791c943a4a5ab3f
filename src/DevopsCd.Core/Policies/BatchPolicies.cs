using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Policies;

/// <summary>The policies that a batch is released by, as they are now: those of all projects it concerns. Read once for all that one scope does.</summary>
internal sealed class BatchPolicies(CdDbContext db, PolicyRules rules)
{
    private readonly Dictionary<long, IReadOnlyDictionary<string, ProjectPolicy>> _read = [];

    /// <summary>What satisfies all of them.</summary>
    public async Task<ProjectPolicy> OfAsync(Batch batch, CancellationToken cancellationToken) =>
        (await ByProjectAsync(batch.Id, cancellationToken)).Values.Aggregate((one, other) => one.And(other));

    /// <summary>Each of them by its project's name.</summary>
    public async Task<IReadOnlyDictionary<string, ProjectPolicy>> ByProjectAsync(long batchId, CancellationToken cancellationToken)
    {
        if (_read.TryGetValue(batchId, out var known))
            return known;
        return _read[batchId] = Complete(await Stored(batchId).ToListAsync(cancellationToken));
    }

    /// <summary>Has them read together with other queries.</summary>
    /// <param name="queries">Of the same context.</param>
    /// <param name="batchId">The batch.</param>
    /// <returns>To be called when the queries have been read: from then on they are known.</returns>
    public Action ReadWith(QueryBatch queries, long batchId)
    {
        var stored = queries.Add(Stored(batchId));
        return () => _read[batchId] = Complete(stored);
    }

    /// <summary>The projects of the batch and of its applications, each with its policy where it has set one.</summary>
    private IQueryable<StoredPolicy> Stored(long batchId) =>
        from name in ProjectsOf.Names(db, batchId)
        join project in db.Set<Project>() on name equals project.Name into projects
        from project in projects.DefaultIfEmpty()
        select new StoredPolicy(name, project == null ? null : project.Policy);

    private Dictionary<string, ProjectPolicy> Complete(IReadOnlyCollection<StoredPolicy> stored) => stored.Count == 0
        ? new(StringComparer.Ordinal) { [Projects.Default] = rules.Default }
        : stored.ToDictionary(s => s.Project, s => s.Policy is null ? rules.Default : rules.Complete(PolicyRules.Parse(s.Policy)), StringComparer.Ordinal);

    private sealed record StoredPolicy(string Project, string? Policy);
}
