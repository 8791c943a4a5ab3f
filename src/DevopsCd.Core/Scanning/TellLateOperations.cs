using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Shared;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Scanning;

/// <summary>
/// Tells of operations that take far longer than they usually do: twice as long as 99 of 100 took before in the same place. Each is told once, over
/// all hosts and restarts: the operation's row says so.
/// </summary>
internal sealed class TellLateOperations(IServiceScopeFactory scopes, TimeProvider clock)
{
    /// <summary>The key of the audit's rows.</summary>
    public const string OperationLate = "operation_late";

    private const int Remembered = 200;

    /// <returns>The operations that it has told of.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        var told = new List<string>();
        foreach (var (batchId, operationId, usual) in await LateAsync(cancellationToken))
        {
            await using var scope = scopes.CreateAsyncScope();
            if (await TellAsync(scope.ServiceProvider, batchId, operationId, usual, cancellationToken))
                told.Add(operationId);
        }
        return told;
    }

    private async Task<IReadOnlyList<(Guid BatchId, string OperationId, TimeSpan Usual)>> LateAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var now = clock.GetUtcNow();
        var running = await db.Deployments.AsNoTracking().Where(d => d.FinishedAt == null && d.LateSince == null).OrderBy(d => d.Id)
            .Select(d => new { d.BatchCorrelationId, d.OperationId, d.Application, d.Stage, d.Cluster, d.StartedAt }).ToListAsync(cancellationToken);
        if (running.Count == 0)
            return [];
        var times = await scope.ServiceProvider.GetRequiredService<OperationTimes>().LastAsync(
            [.. running.Select(d => d.Application).Distinct(StringComparer.Ordinal)], [.. running.Select(d => d.Stage).Distinct()], Remembered,
            cancellationToken);
        var late = new List<(Guid, string, TimeSpan)>();
        foreach (var operation in running)
            if (times.TryGetValue(new OperationPlace(operation.Application, operation.Stage, operation.Cluster), out var before)
                && ExpectedDuration.AtMost(before) is { } usual && now - operation.StartedAt > usual * 2)
                late.Add((operation.BatchCorrelationId, operation.OperationId, usual));
        return late;
    }

    private async Task<bool> TellAsync(
        IServiceProvider services, Guid batchId, string operationId, TimeSpan usual, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<CdDbContext>();
        return await db.InTransactionAsync(async () =>
        {
            var now = clock.GetUtcNow();
            // With the batch locked: an operation that has ended in this instant is told of by its end.
            if (await db.LockBatchAsync(batchId, cancellationToken) is not { } batch
                || await db.Deployments.SingleAsync(d => d.OperationId == operationId, cancellationToken) is not { InFlight: true, LateSince: null } operation)
                return false;
            (operation.LateSince, batch.UpdatedAt) = (now, now);
            Sentence reason =
                $"{operation.Application} on {operation.Cluster} has taken {Rounded(now - operation.StartedAt)}; usually at most {Rounded(usual)}";
            services.GetRequiredService<AuditWriter>().Note(batch, OperationLate, Operators.Engine, EventSource.Engine, reason, null);
            await services.GetRequiredService<Notices>().AddAsync(Notice.OperationLate(batch, operation, reason, now), cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }, cancellationToken);
    }

    private static Duration Rounded(TimeSpan time) => new(TimeSpan.FromSeconds(Math.Ceiling(time.TotalSeconds)));
}
