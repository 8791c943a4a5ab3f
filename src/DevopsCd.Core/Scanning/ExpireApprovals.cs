using DevopsCd.Core.Access;
using DevopsCd.Core.Approvals;
using DevopsCd.Core.Data;
using DevopsCd.Core.Policies;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Scanning;

/// <summary>Batches whose approval has expired go back to be approved (R16). Until they do, the seal refuses them.</summary>
internal sealed class ExpireApprovals(IServiceScopeFactory scopes, PolicyRules rules, TimeProvider clock)
{
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        var done = new List<string>();
        foreach (var batchId in await DueAsync(cancellationToken))
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
            var approved = scope.ServiceProvider.GetRequiredService<ApprovedContent>();
            var expired = await db.InTransactionAsync(async () => await db.LockBatchAsync(batchId, cancellationToken) is { } batch
                && await approved.ExpireAsync(batch, cancellationToken) ? batch.BatchNumber : null, cancellationToken);
            if (expired is not null)
                done.Add(expired);
        }
        return done;
    }

    /// <summary>Approved batches with a vote that the shortest of all policies has expired: few, and each is looked at closely.</summary>
    private async Task<List<long>> DueAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var stored = await db.Set<Project>().AsNoTracking().Select(p => p.Policy).ToListAsync(cancellationToken);
        if (stored.Select(policy => rules.Complete(PolicyRules.Parse(policy)).Approvals.ExpireAfter).Min() is not { } shortest)
            return [];
        var since = clock.GetUtcNow() - shortest;
        return await db.Batches.AsNoTracking()
            .Where(b => b.Status == BatchStatus.Approved
                && db.Set<Vote>().Any(v => v.BatchId == b.Id && v.Kind == ApprovalKind.Release && v.VoidedAt == null && v.At <= since))
            .OrderBy(b => b.Id).Select(b => b.Id).ToListAsync(cancellationToken);
    }
}
