using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Policies;

/// <summary>The policies that a batch is released by, as they are now: those of all projects it concerns. Read once for all that one scope does.</summary>
internal sealed class BatchPolicies(CdDbContext db, ProjectsOf projects, PolicyRules rules)
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
        var names = await projects.BatchAsync(batchId, cancellationToken) ?? [Projects.Default];
        var stored = await db.Set<Project>().AsNoTracking().Where(p => names.Contains(p.Name))
            .ToDictionaryAsync(p => p.Name, p => rules.Complete(PolicyRules.Parse(p.Policy)), StringComparer.Ordinal, cancellationToken);
        return _read[batchId] = names.ToDictionary(name => name, name => stored.GetValueOrDefault(name) ?? rules.Default, StringComparer.Ordinal);
    }
}
