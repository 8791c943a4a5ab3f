using DevopsCd.Core.Data;
using DevopsCd.Core.Gates;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Scanning;

/// <summary>
/// The net of the gates (R22): asks those that a policy has got since a batch came where they hold it, and ends the wait for results that would
/// count for nothing. Projects without gates cost one query.
/// </summary>
internal sealed class AskGates(IServiceScopeFactory scopes)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var batchId in await ConcernedAsync(cancellationToken))
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
            var desk = scope.ServiceProvider.GetRequiredService<GateDesk>();
            await db.InTransactionAsync(async () =>
            {
                if (await db.LockBatchAsync(batchId, cancellationToken) is not { } batch)
                    return;
                await desk.EndOutdatedAsync(batch, cancellationToken);
                await desk.AskAsync(batch, cancellationToken);
                await db.SaveChangesAsync(cancellationToken);
            }, cancellationToken);
        }
    }

    /// <summary>Batches that a gate holds and that were not asked, and those with one that waits for a result which would count for nothing.</summary>
    private async Task<IReadOnlyList<long>> ConcernedAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, book) = (scope.ServiceProvider.GetRequiredService<CdDbContext>(), scope.ServiceProvider.GetRequiredService<GateBook>());
        var found = new SortedSet<long>();
        var held = BatchStatus.All.Select(s => s.Name).Where(name => GatePoints.OpenIn(name) is not null).ToList();
        if (await book.WithGatesAsync(db.Batches.AsNoTracking().Where(b => held.Contains(b.Status)), cancellationToken) is { } batches)
        {
            var asked = await batches.ToListAsync(cancellationToken);
            var standing = await book.OfAsync([.. asked.Select(batch => (batch, GatePoints.OpenIn(batch.Status)!.Value))], cancellationToken);
            found.UnionWith(asked.Where((_, i) => standing[i].Any(gate => gate.Run is null)).Select(batch => batch.Id));
        }
        var waiting = await db.Set<GateRun>().AsNoTracking().Where(r => r.Status == GateStatus.Pending)
            .Join(db.Batches.AsNoTracking(), r => r.BatchId, b => b.Id, (run, batch) => new { run, batch }).ToListAsync(cancellationToken);
        var counting = await book.CountingAsync([.. waiting.Select(of => (of.batch, of.run))], cancellationToken);
        found.UnionWith(waiting.Select(of => of.run).Except(counting).Select(run => run.BatchId));
        return [.. found];
    }
}
