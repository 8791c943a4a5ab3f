using System.Globalization;
using DevopsCd.Contracts;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Gates;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Scanning;

/// <summary>
/// The net under running stages: operations whose call is overdue, stages in which nothing is in flight or whose time
/// is up, gates whose call is overdue, and starts that were asked for at a time that is over. Whatever message was lost, its row is found here.
/// </summary>
internal sealed class RecoverStalledStages(IServiceScopeFactory scopes, CoreOptions core, TimeProvider clock)
{
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var publish = scope.ServiceProvider.GetRequiredService<IPublishEndpoint>();
        var now = clock.GetUtcNow();
        // Half an interval late: the message may still be on its way.
        var overdue = now - (core.ScanInterval.Value / 2);
        var operations = await db.Deployments.AsNoTracking().Where(d => d.NextActionAt != null && d.NextActionAt < overdue)
            .Select(d => new { d.OperationId, d.BatchCorrelationId }).ToListAsync(cancellationToken);
        foreach (var operation in operations)
            await publish.Publish(new CheckDeployment { OperationId = operation.OperationId, BatchId = operation.BatchCorrelationId }, cancellationToken);

        foreach (var start in await db.Set<ScheduledStart>().AsNoTracking().Where(s => s.EndedAt == null && s.NextTryAt < overdue)
            .Select(s => new { s.Id, s.BatchCorrelationId }).ToListAsync(cancellationToken))
            await publish.Publish(new StartScheduled { BatchId = start.BatchCorrelationId, Id = start.Id }, cancellationToken);

        foreach (var gate in await db.Set<GateRun>().AsNoTracking().Where(r => r.NextActionAt != null && r.NextActionAt < overdue)
            .Select(r => new { r.Id, r.BatchCorrelationId }).ToListAsync(cancellationToken))
            await publish.Publish(new AskGate { BatchId = gate.BatchCorrelationId, Id = gate.Id }, cancellationToken);

        var stages = await db.Batches.AsNoTracking()
            .Where(b => BatchStatus.InStage.Contains(b.Status) && b.UpdatedAt < overdue
                && (b.StageDeadlineAt <= now || !db.Deployments.Any(d => d.BatchId == b.Id && d.NextActionAt != null)))
            .Select(b => new { b.CorrelationId, b.BatchNumber }).ToListAsync(cancellationToken);
        foreach (var stage in stages)
            await publish.Publish(new AdvanceStage { BatchId = stage.CorrelationId }, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return [.. operations.Select(o => o.OperationId), .. stages.Select(s => string.Create(CultureInfo.InvariantCulture, $"stage of {s.BatchNumber}"))];
    }
}
