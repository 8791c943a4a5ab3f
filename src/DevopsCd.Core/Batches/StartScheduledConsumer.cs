using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Batches;

/// <summary>
/// Tries a scheduled start that is due: with the rights and groups that its asker has now, and past the guards as they are now. What lifts by itself is
/// waited for; what does not is waited for until the request expires, and ends one that never does.
/// </summary>
internal sealed class StartScheduledConsumer(IServiceScopeFactory scopes, CoreOptions core, TimeProvider clock) : IConsumer<StartScheduled>
{
    public async Task Consume(ConsumeContext<StartScheduled> context)
    {
        if (await JudgeAsync(context.Message, context.CancellationToken) is not var (start, asker))
            return;
        await using var scope = scopes.CreateAsyncScope();
        // Each try is decided once, whoever brings the message again. What refuses it in this very instant is found by the next try.
        await scope.ServiceProvider.GetRequiredService<BatchCommands>().RaiseAsync(BatchEventTypes.Get(start.Event), new EventRequest
        {
            BatchId = start.BatchCorrelationId,
            Operator = start.Operator,
            Reason = start.Reason,
            All = start.All,
            OverrideFreeze = start.OverrideFreeze
        }, asker, $"scheduled {start.Id} {start.Tries}", context.CancellationToken);
    }

    /// <summary>Null when it is not to be raised now; the row says why.</summary>
    private async Task<(ScheduledStart Start, Subject Asker)?> JudgeAsync(StartScheduled message, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var (db, starts) = (services.GetRequiredService<CdDbContext>(), services.GetRequiredService<ScheduledStarts>());
        return await db.InTransactionAsync<(ScheduledStart, Subject)?>(async () =>
        {
            var now = clock.GetUtcNow();
            if (await db.LockBatchAsync(message.BatchId, cancellationToken) is not { } batch
                || await db.Set<ScheduledStart>().SingleOrDefaultAsync(s => s.Id == message.Id, cancellationToken) is not { EndedAt: null } start
                || start.NextTryAt > now)
                return null;
            var asker = await services.GetRequiredService<IKnownSubjects>().NowAsync(AskerOf(start), cancellationToken);
            var type = BatchEventTypes.Get(start.Event);
            var asked = new BatchEventHead(batch.CorrelationId, start.Operator, start.Reason, All: start.All, OverrideFreeze: start.OverrideFreeze);
            var obstacles = await services.GetRequiredService<EventGuards>()
                .ObstaclesAsync(new EventQuestion(batch, type, asked) { Asker = asker }, cancellationToken);
            var why = string.Join("; ", obstacles.Select(o => o.Reason));
            start.Tries++;
            if (start.ExpiresAt <= now)
                Give(ScheduledStarts.Expired, $"{start.Event} was not possible in time: {(why.Length > 0 ? why : start.WaitsFor ?? "nobody looked")}");
            else if (obstacles.Count == 0)
                // Tried again should this host die before it is raised; the start itself ends the row.
                await AgainAsync(now + core.ScanInterval.Value, start.WaitsFor);
            else if (obstacles.All(o => o.Lifts))
                await AgainAsync(obstacles.Max(o => o.EarliestAt ?? now), why);
            else if (start.ExpiresAt is not null)
                await AgainAsync(now + core.ScanInterval.Value, why);
            else
                Give(ScheduledStarts.Refused, $"{start.Event}: {why}");
            await db.SaveChangesAsync(cancellationToken);
            return obstacles.Count == 0 && start.EndedAt is null ? (start, asker) : null;

            void Give(string what, Sentence reason)
            {
                start.End(reason, now);
                batch.UpdatedAt = now;
                services.GetRequiredService<AuditWriter>().Note(batch, what, start.Operator, EventSource.Engine, reason, null);
            }

            Task AgainAsync(DateTimeOffset at, string? waitsFor)
            {
                (start.NextTryAt, start.WaitsFor) = (at <= now ? now + core.ScanInterval.Value : start.ExpiresAt < at ? start.ExpiresAt.Value : at, waitsFor);
                return starts.WakeAsync(start, cancellationToken);
            }
        }, cancellationToken);
    }

    private static Subject AskerOf(ScheduledStart start) => start.Subject is null ? Subject.Engine : JsonSerializer.Deserialize<Subject>(start.Subject)!;
}
