using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Core.Approvals;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Deployments;

/// <summary>Computes a batch's production plan once and tells once that it waits (R7). It starts nothing.</summary>
internal sealed class ProductionPlanner(
    CdDbContext db, LiveVersions versions, IPublishEndpoint publish, Notices notices, BatchVotes votes, ApprovalViews approvals, TimeProvider clock)
{
    /// <returns>The batch's number, or null when there was nothing to do.</returns>
    public Task<string?> PrepareAsync(Guid batchId, CancellationToken cancellationToken) =>
        db.InTransactionAsync(() => PrepareLockedAsync(batchId, cancellationToken), cancellationToken);

    private async Task<string?> PrepareLockedAsync(Guid batchId, CancellationToken cancellationToken)
    {
        if (await db.LockBatchAsync(batchId, cancellationToken) is not { Status: BatchStatus.PreDeployed, ProdPlan: null } batch)
            return null;
        var releases = await db.ContentOf(batch.Id).AsNoTracking().ToListAsync(cancellationToken);
        var steps = await StepsAsync(releases, cancellationToken);
        var now = clock.GetUtcNow();
        batch.PlanProduction(JsonSerializer.Serialize(steps, JsonSerializerOptions.Web), now);
        await publish.Publish(new ProductionReady
        {
            BatchId = batch.CorrelationId,
            Id = batch.Id,
            BatchNumber = batch.BatchNumber,
            Applications = [.. steps.Select(s => s.Application)],
            At = now
        }, cancellationToken);
        await notices.AddAsync(Notice.ProductionReady(batch, now,
            [.. steps.Select(s => new ApplicationOutcome(s.Application, ReleaseStatus.None, s.Running is null ? s.Image : $"{s.Running} → {s.Image}"))],
            await NeededAsync(batch, releases, cancellationToken)), cancellationToken);
        return batch.BatchNumber;
    }

    /// <summary>The approvals that the start of production still needs, with who can give them; null when it needs none.</summary>
    private async Task<VoteCount?> NeededAsync(Batch batch, IReadOnlyCollection<BatchRelease> releases, CancellationToken cancellationToken) =>
        await votes.StandAsync(batch, ApprovalKind.Production, ContentHash.Of(releases), cancellationToken) is { Tally.IsReached: false } standing
            ? standing.Count with { Missing = await approvals.MissingAsync(batch, standing, cancellationToken) }
            : null;

    private async Task<List<ProductionStep>> StepsAsync(List<BatchRelease> releases, CancellationToken cancellationToken)
    {
        var running = (await versions.ImagesAsync([.. releases.Select(r => r.AppId)], Stage.Prod, cancellationToken))
            .GroupBy(r => r.ApplicationId).ToDictionary(g => g.Key, g => g.MaxBy(r => r.Since)!.Image);
        var byName = releases.ToDictionary(r => r.App.Name, StringComparer.Ordinal);
        return [.. DependencyOrder.Sorted(releases.ToDictionary(r => r.App.Name, r => (IReadOnlyList<string>)r.DependsOn))
            .Select(name => byName[name])
            .Select(r => new ProductionStep(r.App.Name, r.Image, running.GetValueOrDefault(r.AppId), r.DependsOn,
                [.. r.Targets(Stage.Prod).Select(t => t.Cluster)]))];
    }
}
