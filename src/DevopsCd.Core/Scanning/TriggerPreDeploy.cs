using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Scanning;

/// <summary>Function 2, the net of R5: sealed batches that are not blocked start their pre-deploy.</summary>
internal sealed class TriggerPreDeploy(IServiceScopeFactory scopes)
{
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var publish = scope.ServiceProvider.GetRequiredService<IPublishEndpoint>();
        var due = await db.Batches.AsNoTracking().Where(b => b.Status == BatchStatus.Sealed && !b.AutoDeployBlocked).OrderBy(b => b.Id)
            .Select(b => new { b.CorrelationId, b.BatchNumber, b.SealNumber, b.Pre.Attempt }).ToListAsync(cancellationToken);
        foreach (var batch in due)
            await publish.Publish(AutomaticStart.Of(batch.CorrelationId),
                c => c.MessageId = AutomaticStart.MessageId(batch.CorrelationId, batch.SealNumber, batch.Attempt), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return [.. due.Select(b => b.BatchNumber)];
    }
}
