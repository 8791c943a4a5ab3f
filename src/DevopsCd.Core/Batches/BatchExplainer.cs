using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Approvals;
using DevopsCd.Core.Data;
using DevopsCd.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>Says what stands in the way of events of a batch: the answers of the same guards that refuse them (R17). Changes nothing.</summary>
internal sealed class BatchExplainer(
    CdDbContext db, EventGuards guards, BatchTransitionTable table, BatchReleases releases, ApprovalViews approvals, BatchPolicies policies,
    AccessRights rights, BatchPlans plans)
{
    private const int MostNamed = 5;

    /// <param name="id">The batch.</param>
    /// <param name="type">The event; null asks about all.</param>
    /// <param name="asker">For whom: what they may not do is in the way, too; null for nobody in particular.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is no such batch.</returns>
    public Task<BatchExplanation?> ExplainAsync(long id, BatchEventType? type, Subject? asker, CancellationToken cancellationToken) =>
        ExplainAsync(id, type is null ? BatchEventTypes.Moving : [type], asker, cancellationToken);

    /// <summary>The same, about some events.</summary>
    public async Task<BatchExplanation?> ExplainAsync(
        long id, IReadOnlyList<BatchEventType> types, Subject? asker, CancellationToken cancellationToken)
    {
        if (await LookAsync(id, types, asker, cancellationToken) is not var (batch, found))
            return null;
        var events = new List<ExplainedEvent>();
        foreach (var (type, obstacles) in found)
            events.Add(new ExplainedEvent
            {
                Event = type.Key,
                Description = type.Label,
                By = type.ByPerson ? "person" : "engine",
                Allowed = obstacles.Count == 0,
                Obstacles = [.. obstacles.Select(o => o.View)],
                Approval = type.Approves is { } kind && table.From(batch.Status).Any(row => row.Event == type.Key)
                    ? await approvals.ShowAsync(batch, kind, await releases.OfAsync(batch, cancellationToken), cancellationToken)
                    : null
            });
        var (waves, waiting) = await plans.WaitsAsync(batch, cancellationToken);
        return new BatchExplanation
        {
            Waves = waves,
            Waiting = waiting,
            BatchId = batch.Id,
            Version = batch.Version,
            State = BatchStatus.Code(batch.Status),
            StateName = batch.Status,
            Events = events
        };
    }

    /// <summary>What stands in the way of some events, without who has approved what.</summary>
    /// <param name="id">The batch.</param>
    /// <param name="types">The events.</param>
    /// <param name="asker">For whom: what they may not do is in the way, too; null for nobody in particular.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is no such batch.</returns>
    public async Task<(Batch Batch, IReadOnlyList<(BatchEventType Type, IReadOnlyList<ShownObstacle> Obstacles)> Events)?> LookAsync(
        long id, IReadOnlyList<BatchEventType> types, Subject? asker, CancellationToken cancellationToken)
    {
        if (await db.Batches.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is not { } batch)
            return null;
        var events = new List<(BatchEventType, IReadOnlyList<ShownObstacle>)>(types.Count);
        foreach (var type in types)
        {
            var obstacles = await guards.ObstaclesAsync(new EventQuestion(batch, type) { Asker = asker }, cancellationToken);
            var shown = new List<ShownObstacle>(obstacles.Count);
            foreach (var obstacle in obstacles)
                shown.Add(new ShownObstacle(await ShowAsync(batch, obstacle, cancellationToken), obstacle.Reason));
            events.Add((type, shown));
        }
        return (batch, events);
    }

    private async Task<EventObstacle> ShowAsync(Batch batch, Obstacle obstacle, CancellationToken cancellationToken) => new()
    {
        Guard = obstacle.Guard,
        Reason = obstacle.Reason,
        LiftedBy = obstacle.LiftedBy,
        EarliestAt = obstacle.EarliestAt,
        Permission = obstacle.Fields.GetValueOrDefault(BatchRefusedException.Permission)?.FirstOrDefault(),
        CanBeLiftedBy = obstacle.LiftedBy is { } permission && Permissions.IsKnown(permission)
            ? [.. (await WhoAsync(batch, permission, cancellationToken)).Take(MostNamed)]
            : null
    };

    /// <summary>Everybody who is bound to a permission in all projects of the batch.</summary>
    private async Task<IReadOnlyList<string>> WhoAsync(Batch batch, string permission, CancellationToken cancellationToken)
    {
        var bindings = await rights.PresentAsync(cancellationToken);
        return (await policies.ByProjectAsync(batch.Id, cancellationToken)).Keys.Select(project => bindings.Who(permission, project))
            .Aggregate((all, more) => [.. all.Intersect(more, StringComparer.Ordinal)]);
    }
}
