using DevopsCd.Contracts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Deployments;

/// <summary>Prepares production as soon as a batch is pre-deployed; the scan is the net.</summary>
internal sealed class ProductionReadyTrigger(IServiceScopeFactory scopes) : IConsumer<BatchTransitioned>
{
    public async Task Consume(ConsumeContext<BatchTransitioned> context)
    {
        if (context.Message.To != BatchStatus.PreDeployed)
            return;
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ProductionPlanner>().PrepareAsync(context.Message.BatchId, context.CancellationToken);
    }
}
