using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Requests;

/// <summary>Removes requests whose keys have had their time, some hundred a statement.</summary>
internal sealed class OldRequests(IServiceScopeFactory scopes, WorkWatch watch, TimeProvider clock, ILogger<OldRequests> log)
    : PeriodicCleaning("Old idempotency keys", watch, clock, log)
{
    /// <inheritdoc />
    public override async Task<int> CleanAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        while (true)
        {
            await using var scope = scopes.CreateAsyncScope();
            var rows = scope.ServiceProvider.GetRequiredService<CdDbContext>().Set<RememberedRequest>();
            var before = Clock.GetUtcNow() - RememberedRequests.Kept;
            var some = rows.Where(r => r.CreatedAt <= before).OrderBy(r => r.CreatedAt).Select(r => r.Id).Take(AtOnce);
            var count = await rows.Where(r => some.Contains(r.Id)).ExecuteDeleteAsync(cancellationToken);
            removed += count;
            if (count < AtOnce)
                return removed;
        }
    }
}
