using DevopsCd.Contracts;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Gates;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DevopsCd.Core.Scanning;

/// <summary>
/// The embedded mode keeps messages and schedule in memory: a process that starts is the only one, and whatever its
/// predecessor had scheduled is gone. The rows say what was due; here it is scheduled again, so that running stages go on
/// at once and not at the next scan. Waits between tries are kept as they stand in the rows.
/// </summary>
internal sealed class ResumeAfterRestart(IServiceScopeFactory scopes, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var publish = scope.ServiceProvider.GetRequiredService<IPublishEndpoint>();
        var scheduler = scope.ServiceProvider.GetRequiredService<IMessageScheduler>();
        var starts = scope.ServiceProvider.GetRequiredService<ScheduledStarts>();
        var gates = scope.ServiceProvider.GetRequiredService<GateDesk>();
        var now = clock.GetUtcNow();
        await db.InTransactionAsync(Resume, stoppingToken);

        async Task Resume()
        {
            foreach (var operation in await db.Deployments.Where(d => d.NextActionAt != null).ToListAsync(stoppingToken))
            {
                if (operation.Status == OperationStatus.Progressing)
                    operation.NextActionAt = now;
                await scheduler.SchedulePublish(operation.NextActionAt!.Value.UtcDateTime,
                    new CheckDeployment { OperationId = operation.OperationId, BatchId = operation.BatchCorrelationId }, stoppingToken);
            }
            foreach (var start in await db.Set<ScheduledStart>().AsNoTracking().Where(s => s.EndedAt == null).ToListAsync(stoppingToken))
                await starts.WakeAsync(start, stoppingToken);
            foreach (var gate in await db.Set<GateRun>().AsNoTracking().Where(r => r.NextActionAt != null).ToListAsync(stoppingToken))
                await gates.WakeAsync(gate, stoppingToken);
            var deploying = await db.Batches.AsNoTracking().Where(b => BatchStatus.InStage.Contains(b.Status))
                .Select(b => b.CorrelationId).ToListAsync(stoppingToken);
            foreach (var batchId in deploying)
                await publish.Publish(new AdvanceStage { BatchId = batchId }, stoppingToken);
        }
    }
}
