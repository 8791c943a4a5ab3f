using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Scanning;

/// <summary>Function 3, the net of R7: pre-deployed batches without a production plan get one.</summary>
internal sealed class PrepareProdDeploy(IServiceScopeFactory scopes)
{
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        List<Guid> due;
        await using (var scope = scopes.CreateAsyncScope())
            due = await scope.ServiceProvider.GetRequiredService<CdDbContext>().Batches
                .Where(b => b.Status == BatchStatus.PreDeployed && b.ProdPlan == null).OrderBy(b => b.Id)
                .Select(b => b.CorrelationId).ToListAsync(cancellationToken);
        var done = new List<string>();
        foreach (var batchId in due)
        {
            await using var scope = scopes.CreateAsyncScope();
            if (await scope.ServiceProvider.GetRequiredService<ProductionPlanner>().PrepareAsync(batchId, cancellationToken) is { } number)
                done.Add(number);
        }
        return done;
    }
}
