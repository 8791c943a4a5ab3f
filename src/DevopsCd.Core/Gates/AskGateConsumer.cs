using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Consuming;
using DevopsCd.Core.Data;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Gates;

/// <summary>
/// Makes the call of a gate that is due, outside of any lock, and takes down what came of it under the batch's. A claim keeps others from making
/// the same call meanwhile; a result that came by another way in the meantime stands.
/// </summary>
internal sealed class AskGateConsumer(IServiceScopeFactory scopes, GateCaller caller, GateOptions options, TimeProvider clock, ILogger<AskGateConsumer> log)
    : IConsumer<AskGate>
{
    /// <summary>How much longer than its call a claim holds.</summary>
    private static readonly TimeSpan s_spare = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_firstWait = TimeSpan.FromSeconds(1), s_longestWait = TimeSpan.FromMinutes(1);

    public async Task Consume(ConsumeContext<AskGate> context)
    {
        var (id, cancellationToken) = (context.Message.Id, context.CancellationToken);
        if (await ClaimAsync(id, cancellationToken) is not { } call)
            return;
        var answer = call.Run.DeadlineAt <= clock.GetUtcNow() || call.Run.TakenAt is not null || !caller.Calls(call.Gate.Kind) ? null
            : await caller.CallAsync(call, cancellationToken);
        // The answer is there: it is written down whatever becomes of the message.
        await SettleAsync(call, answer, CancellationToken.None);
    }

    /// <summary>Null when nothing is due: a repeated message, or another process's call.</summary>
    private async Task<GateCall?> ClaimAsync(long id, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var due = clock.GetUtcNow() + DueTime.Early;
        var until = clock.GetUtcNow() + options.CallTimeout.Value + s_spare;
        if (await db.Set<GateRun>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellationToken) is not { Status: GateStatus.Pending } run
            || await db.Set<GateRun>()
                .Where(r => r.Id == id && r.Status == GateStatus.Pending && r.NextActionAt <= due && r.Tries == run.Tries)
                .ExecuteUpdateAsync(set => set.SetProperty(r => r.NextActionAt, until).SetProperty(r => r.Tries, run.Tries + 1), cancellationToken) == 0)
            return null;
        run.Tries++;
        var batch = await db.Batches.AsNoTracking().SingleAsync(b => b.Id == run.BatchId, cancellationToken);
        var content = await db.ContentOf(run.BatchId).AsNoTracking().OrderBy(r => r.Id).ToListAsync(cancellationToken);
        return new GateCall(run, run.Gate, batch, [.. content.Select(ReleaseContent.Of)]);
    }

    /// <param name="call">The call.</param>
    /// <param name="answer">What came of it; null: none was made, its time is over.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task SettleAsync(GateCall call, GateAnswer? answer, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, desk) = (scope.ServiceProvider.GetRequiredService<CdDbContext>(), scope.ServiceProvider.GetRequiredService<GateDesk>());
        var book = scope.ServiceProvider.GetRequiredService<GateBook>();
        await db.InTransactionAsync(async () =>
        {
            if (await db.LockBatchAsync(call.Run.BatchId, cancellationToken) is not { } batch)
                return;
            var run = await db.Set<GateRun>().SingleAsync(r => r.Id == call.Run.Id, cancellationToken);
            if (run.Status != GateStatus.Pending || run.Tries != call.Run.Tries)
                return;
            var now = clock.GetUtcNow();
            if (!await book.CountsAsync(batch, run, cancellationToken))
                run.Decide(GateStatus.Outdated, Operators.Engine, run.Reason, now);
            else if (Judge(run, call.Gate, answer, now) is var (status, reason))
            {
                log.Decided(batch.BatchNumber, run.Name, EnumNames<GateStatus>.Of(status), reason);
                await desk.DecideAsync(batch, run, status, Operators.Engine, EventSource.Engine, reason, cancellationToken);
            }
            else
                await desk.WakeAsync(run, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }, cancellationToken);
    }

    /// <summary>How the gate is decided by what was found; null where it is not, and the row says when it is looked at next.</summary>
    private static (GateStatus Status, string? Reason)? Judge(GateRun run, Gate gate, GateAnswer? answer, DateTimeOffset now)
    {
        if (answer is { Outcome: GateOutcome.Failed })
            return (GateStatus.Failed, answer.Detail);
        if (answer is { Outcome: GateOutcome.Passed })
        {
            run.HoldsSince ??= now;
            var passes = run.HoldsSince.Value + gate.For;
            if (passes <= now)
                return (GateStatus.Passed, answer.Detail);
            run.Wait($"{answer.Detail}, since {run.HoldsSince.Value.UtcDateTime:HH:mm:ss} UTC", Sooner(passes, now + gate.Interval));
        }
        else if (answer is { Outcome: GateOutcome.Later })
        {
            run.TakenAt = now;
            run.Wait(answer.Detail, null);
        }
        else if (answer is null)
            run.Wait(null, null);
        else
        {
            run.HoldsSince = null;
            var wait = gate.Kind == GateKind.Webhook ? Backoff.After(run.Tries, s_firstWait, s_longestWait) : gate.Interval;
            run.Wait(answer.Detail, now + (answer.After > wait ? answer.After.Value : wait));
        }
        return run.DeadlineAt <= now ? (GateStatus.Failed, TimedOut(run, gate)) : null;
    }

    private static string TimedOut(GateRun run, Gate gate)
    {
        var within = $"no result within {new Duration(gate.Timeout!.Value)}";
        return run.Reason is { } last ? $"{within}; last: {last}" : within;
    }

    private static DateTimeOffset Sooner(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
