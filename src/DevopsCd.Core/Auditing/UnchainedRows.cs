using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Auditing;

/// <summary>
/// Chains rows of the audit that a version has written which kept no chain: those from before the upgrade, and those of hosts that still run
/// that version beside this one.
/// </summary>
internal sealed class UnchainedRows(IServiceScopeFactory scopes, WorkWatch watch, TimeProvider clock, ILogger<UnchainedRows> log)
    : PeriodicWork(TimeSpan.FromMinutes(10), beginsAtOnce: true, clock)
{
    private const int AtOnce = 100;

    /// <summary>One batch's rows, beside whoever holds its lock.</summary>
    private static readonly TimeSpan s_atMost = TimeSpan.FromMinutes(5);

    /// <returns>Of how many batches rows were chained.</returns>
    public async Task<int> ChainAsync(CancellationToken cancellationToken)
    {
        var chained = 0;
        while (true)
        {
            var some = await InScopeAsync(db => db.BatchEvents.Where(e => e.Hash == null).Select(e => e.BatchCorrelationId).Distinct().Take(AtOnce)
                .ToListAsync(cancellationToken));
            foreach (var batchId in some)
            {
                using var turn = watch.Begin("the chaining of audit rows", s_atMost);
                await InScopeAsync(db => db.InTransactionAsync(async () =>
                {
                    await AuditChains.AdoptAsync(db, batchId, cancellationToken);
                    return true;
                }, cancellationToken));
            }
            chained += some.Count;
            if (some.Count < AtOnce)
                return chained;
        }
    }

    protected override async Task TurnAsync(CancellationToken cancellationToken)
    {
        if (await ChainAsync(cancellationToken) is > 0 and var batches)
            log.Chained(batches);
    }

    protected override void TellFailed(Exception failure) => log.NotChained(Pace, failure);

    private async Task<T> InScopeAsync<T>(Func<CdDbContext, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<CdDbContext>());
    }
}
