using DevopsCd.Contracts;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Deployments;

/// <summary>Looks at a deploying batch again: the net of the dispatcher.</summary>
internal sealed class AdvanceStageConsumer(IServiceScopeFactory scopes) : IConsumer<AdvanceStage>
{
    public async Task Consume(ConsumeContext<AdvanceStage> context)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(context.CancellationToken);
        if (await db.LockBatch(context.Message.BatchId, context.CancellationToken) is not { } batch || BatchStatus.Deploying(batch.Status) is not { } stage)
            return;
        await scope.ServiceProvider.GetRequiredService<StageDispatcher>().Advance(batch, stage, context.CancellationToken);
        await db.SaveChangesAsync(context.CancellationToken);
        await transaction.CommitAsync(context.CancellationToken);
    }
}
