using DevopsCd.Core.Data;
using DevopsCd.Core.Freezes;
using DevopsCd.Core.Gates;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Scanning;

/// <summary>Function 2, the net of R5: sealed batches that are not blocked start their pre-deploy.</summary>
internal sealed class TriggerPreDeploy(IServiceScopeFactory scopes)
{
    private static readonly Stage s_stage = Stages.All.Single(stage => stage.StartsByItself());

    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var publish = scope.ServiceProvider.GetRequiredService<IPublishEndpoint>();
        var due = await db.Batches.AsNoTracking().Where(b => b.Status == BatchStatus.Sealed && !b.AutoDeployBlocked).OrderBy(b => b.Id)
            .Select(b => new { b.Id, b.CorrelationId, b.BatchNumber, b.SealNumber, b.Pre.Attempt }).ToListAsync(cancellationToken);
        // What is frozen is left alone until that ends (R20).
        if (due.Count > 0)
        {
            var frozen = await scope.ServiceProvider.GetRequiredService<FreezeBook>().OfAsync([.. due.Select(b => b.Id)], s_stage, cancellationToken);
            due.RemoveAll(b => frozen.ContainsKey(b.Id));
            // What a gate holds starts when that has passed (R22).
            var held = await HeldAsync(scope.ServiceProvider, [.. due.Select(b => b.Id)], cancellationToken);
            due.RemoveAll(b => held.Contains(b.Id));
        }
        foreach (var batch in due)
            await publish.Publish(AutomaticStart.Of(batch.CorrelationId),
                c => c.MessageId = AutomaticStart.MessageId(batch.CorrelationId, batch.SealNumber, batch.Attempt), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return [.. due.Select(b => b.BatchNumber)];
    }

    private static async Task<HashSet<long>> HeldAsync(IServiceProvider services, List<long> due, CancellationToken cancellationToken)
    {
        var (db, gates) = (services.GetRequiredService<CdDbContext>(), services.GetRequiredService<GateDesk>());
        if (await services.GetRequiredService<GateBook>().WithGatesAsync(db.Batches.AsNoTracking().Where(b => due.Contains(b.Id)), cancellationToken)
            is not { } batches)
            return [];
        return [.. (await gates.HeldAsync(await batches.ToListAsync(cancellationToken), s_stage, cancellationToken)).Select(batch => batch.Id)];
    }
}
