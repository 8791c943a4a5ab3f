using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// Changes operations under the lock of their batch. What comes for one batch while its lock is held or waited for is one transaction: one
/// lock, one look at the stage, one commit with the next starts (R8, I7).
/// </summary>
internal sealed class OperationSettlement
{
    private readonly IServiceScopeFactory _scopes;
    private readonly Gathering<Guid, Change, bool> _gathering;

    public OperationSettlement(IServiceScopeFactory scopes)
    {
        _scopes = scopes;
        _gathering = new Gathering<Guid, Change, bool>(ChangeAllAsync);
    }

    /// <summary>Changes an operation; false when the batch has none of that id.</summary>
    /// <param name="batchId">The batch's correlation id.</param>
    /// <param name="operationId">The operation.</param>
    /// <param name="work">What to do, with the batch locked and the row read after that. It may run again in another transaction.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<bool> InAsync(Guid batchId, string operationId, Func<OperationUnderLock, Task> work, CancellationToken cancellationToken) =>
        _gathering.AskAsync(batchId, new Change(operationId, work), cancellationToken);

    private async Task<IReadOnlyList<bool>> ChangeAllAsync(Guid batchId, Func<IReadOnlyList<Change>> take)
    {
        IReadOnlyList<Change>? changes = null;
        await using var scope = _scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var db = services.GetRequiredService<CdDbContext>();
        return await db.InTransactionAsync<IReadOnlyList<bool>>(async () =>
        {
            var batch = await db.LockBatchAsync(batchId, CancellationToken.None);
            // Not before the lock: what comes while it is waited for goes along.
            changes ??= take();
            if (batch is null || changes.Count == 0)
                return [.. changes.Select(_ => false)];
            var ids = changes.Select(c => c.OperationId).Distinct(StringComparer.Ordinal).ToList();
            // Read under the lock: what it was before may have ended meanwhile.
            var operations = await db.Deployments.Where(d => ids.Contains(d.OperationId)).ToDictionaryAsync(d => d.OperationId, StringComparer.Ordinal);
            foreach (var change in changes)
                if (operations.TryGetValue(change.OperationId, out var operation))
                    await change.Work(new OperationUnderLock(batch, operation, services));
            await services.GetRequiredService<OperationChanges>().CompleteAsync(batch, CancellationToken.None);
            return [.. changes.Select(c => operations.ContainsKey(c.OperationId))];
        });
    }

    private sealed record Change(string OperationId, Func<OperationUnderLock, Task> Work);
}

/// <summary>An operation whose batch is locked by the present transaction.</summary>
/// <param name="Batch">The locked batch.</param>
/// <param name="Operation">Its operation, read after the lock.</param>
/// <param name="Services">Of the transaction's scope.</param>
internal sealed record OperationUnderLock(Batch Batch, Deployment Operation, IServiceProvider Services)
{
    /// <summary>Writes what the rules made of it.</summary>
    public Task BecomeAsync(OperationState next) => Services.GetRequiredService<OperationChanges>().BecomeAsync(Batch, Operation, next, CancellationToken.None);

    /// <summary>Wakes its next call at a time.</summary>
    public Task WakeAsync(DateTimeOffset at) => Services.GetRequiredService<OperationChanges>().WakeAsync(Operation, at, CancellationToken.None);
}
