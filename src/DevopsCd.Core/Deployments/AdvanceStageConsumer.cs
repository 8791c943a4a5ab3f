using DevopsCd.Contracts;
using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Deployments;

/// <summary>Looks at a deploying batch again: the net of the dispatcher.</summary>
internal sealed class AdvanceStageConsumer(IServiceScopeFactory scopes) : IConsumer<AdvanceStage>
{
    public async Task Consume(ConsumeContext<AdvanceStage> context)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        await db.InTransactionAsync(async () =>
        {
            if (await db.LockBatchAsync(context.Message.BatchId, context.CancellationToken) is { } batch && BatchStatus.Deploying(batch.Status) is { } stage)
            {
                await scope.ServiceProvider.GetRequiredService<StageDispatcher>().AdvanceAsync(batch, stage, context.CancellationToken);
                await scope.ServiceProvider.GetRequiredService<StageEnds>().RaiseAsync(context.CancellationToken);
            }
        }, context.CancellationToken);
    }
}
