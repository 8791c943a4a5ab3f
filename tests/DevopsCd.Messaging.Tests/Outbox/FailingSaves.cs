using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace DevopsCd.Messaging.Tests.Outbox;

/// <summary>An application's own interceptor, behind ours, that ends saves.</summary>
internal sealed class FailingSaves : SaveChangesInterceptor
{
    public DbContext? Throws { get; set; }

    public CancellationTokenSource? Cancels { get; set; }

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (Throws is not null && eventData.Context == Throws)
            throw new FormatException("the interceptor refuses");
        Cancels?.Cancel();
        Cancels = null;
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavingChanges(eventData, result));
}
