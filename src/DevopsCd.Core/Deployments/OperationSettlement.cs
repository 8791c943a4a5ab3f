using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
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
    private readonly Gathering<StageOfBatch, Change, bool> _gathering;

    public OperationSettlement(IServiceScopeFactory scopes)
    {
        _scopes = scopes;
        _gathering = new Gathering<StageOfBatch, Change, bool>(ChangeAllAsync);
    }

    /// <summary>Changes an operation; false when the batch has none of that id.</summary>
    /// <param name="at">The operation's batch and stage: what belongs together is changed together.</param>
    /// <param name="operationId">The operation.</param>
    /// <param name="work">What to do, with the batch locked and the row read after that. It may run again in another transaction.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<bool> InAsync(StageOfBatch at, string operationId, Func<OperationUnderLock, Task> work, CancellationToken cancellationToken) =>
        _gathering.AskAsync(at, new Change(operationId, work), cancellationToken);

    private async Task<IReadOnlyList<bool>> ChangeAllAsync(StageOfBatch at, Func<IReadOnlyList<Change>> take)
    {
        // What has come by now is read with the lock, in one round trip.
        List<Change> changes = [.. take()];
        if (changes.Count == 0)
            return [];
        await using var scope = _scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var db = services.GetRequiredService<CdDbContext>();
        return await db.InTransactionAsync<IReadOnlyList<bool>>(async () =>
        {
            var (batch, operations) = await services.GetRequiredService<StageRows>()
                .LockAsync(at, [.. changes.Select(c => c.OperationId).Distinct(StringComparer.Ordinal)], CancellationToken.None);
            // What has come while the lock was waited for goes along.
            var late = take();
            changes.AddRange(late);
            if (batch is null)
                return [.. changes.Select(_ => false)];
            // Of all that is settled here: whoever came first has brought a trace that is not the others'.
            using var span = Tracing.Continue(batch, "settle");
            // Not read before the change was known: until then its call may not have been claimed.
            var more = late.Select(c => c.OperationId).ToHashSet(StringComparer.Ordinal);
            foreach (var known in operations.Where(d => more.Remove(d.OperationId)))
                await db.Entry(known).ReloadAsync();
            List<string> unread = [.. more];
            if (unread.Count > 0)
                operations = [.. operations, .. await services.GetRequiredService<StageRows>().AlsoAsync(unread, CancellationToken.None)];
            var byId = operations.ToDictionary(d => d.OperationId, StringComparer.Ordinal);
            foreach (var change in changes)
                if (byId.TryGetValue(change.OperationId, out var operation))
                    await change.Work(new OperationUnderLock(batch, operation, services));
            await services.GetRequiredService<OperationChanges>().CompleteAsync(batch, CancellationToken.None);
            return [.. changes.Select(c => byId.ContainsKey(c.OperationId))];
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
