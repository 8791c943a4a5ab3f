using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using DevopsCd.Core.Parking;
using DevopsCd.Shared;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Scanning;

/// <summary>
/// Reads what the gauges show, in one round trip every 15 s, on every instance: what only the instance that has scanned knew would be wrong
/// for ever on the others. While the database does not answer the gauges show nothing rather than what was.
/// </summary>
internal sealed class StateGauges(IServiceScopeFactory scopes, WorkWatch watch, TimeProvider clock, ILogger<StateGauges> log)
    : PeriodicWork(TimeSpan.FromSeconds(15), beginsAtOnce: true, clock)
{
    private static readonly TimeSpan s_atMost = TimeSpan.FromMinutes(3);

    /// <summary>Reads once.</summary>
    public async Task<StateFigures> ReadAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        var aMinuteAgo = Clock.GetUtcNow() - TimeSpan.FromMinutes(1);
        var queries = new QueryBatch(db);
        var retried = db.Batches.Where(b => b.Status == BatchStatus.Sealed && b.AutoDeployBlocked);
        var batches = queries.Add(db.Batches.GroupBy(b => b.Status).Select(g => new StateCount(g.Key, g.LongCount())));
        var blocked = queries.Add(Number(retried));
        var approval = queries.Add(db.Batches.Where(b => b.Status == BatchStatus.PendingApproval).OrderBy(b => b.CreatedAt).Select(b => b.CreatedAt).Take(1));
        var retry = queries.Add(Oldest(retried));
        var start = queries.Add(Oldest(db.Batches.Where(b => b.Status == BatchStatus.PreDeployed)));
        var accept = queries.Add(Oldest(db.Batches.Where(b => b.Status == BatchStatus.ProdDeployed)));
        var deploying = BatchStatus.All.Select(s => s.Name).Where(name => BatchStatus.Deploying(name) is not null).ToList();
        var running = queries.Add(db.Batches.Where(b => deploying.Contains(b.Status))
            .Select(b => new StageBegun(b.Status, b.Pre.StartedAt, b.Prod.StartedAt, b.Rollback.StartedAt)));
        var inFlight = queries.Add(Number(db.Deployments.Where(d => d.FinishedAt == null)));
        var overdue = queries.Add(Number(db.Deployments.Where(d => d.FinishedAt == null && d.DeadlineAt < aMinuteAgo)));
        var late = queries.Add(Number(db.Deployments.Where(d => d.FinishedAt == null && d.LateSince != null)));
        var drifted = queries.Add(Number(db.Set<LiveVersion>().Where(v => v.Drift != null && v.Application.RemovedAt == null)));
        var parkedOutgoing = queries.Add(Number(db.Set<OutboxState>().Where(s => s.Parked != null)));
        var outgoing = queries.Add(Number(db.Set<OutboxMessage>()));
        var oldest = queries.Add(db.Set<OutboxMessage>()
            .Where(m => !db.Set<OutboxState>().Any(s => s.OutboxId == m.OutboxId && s.SequenceNumber == m.SequenceNumber && s.Parked != null))
            .OrderBy(m => m.SentTime).Select(m => m.SentTime).Take(1));
        var parked = queries.Add(Number(db.Set<ParkedMessage>().Where(m => m.Status == ParkedStatus.Parked)));
        await queries.ReadAsync(cancellationToken);

        long Batches(string status) => batches.FirstOrDefault(b => b.Status == status)?.Count ?? 0;
        return new StateFigures
        {
            Batches = [.. BatchStatus.All.Select(s => (s.Name, Batches(s.Name)))],
            Waiting =
            [
                ("approval", Batches(BatchStatus.PendingApproval), First(approval)), ("retry", Count(blocked), First(retry)),
                ("start_prod", Batches(BatchStatus.PreDeployed), First(start)), ("accept", Batches(BatchStatus.ProdDeployed), First(accept))
            ],
            Running = [.. Stages.All.Select(stage =>
                (EnumNames<Stage>.Of(stage), running.Where(b => BatchStatus.Deploying(b.Status) == stage).Select(b => b.At).Min()))],
            InFlight = Count(inFlight),
            Overdue = Count(overdue),
            Late = Count(late),
            Drifted = Count(drifted),
            Messages =
            [
                ("waiting", Math.Max(0, Count(outgoing) - Count(parkedOutgoing))), ("parked_outgoing", Count(parkedOutgoing)), ("parked", Count(parked))
            ],
            OldestMessage = oldest.Count == 0 ? null : new DateTimeOffset(DateTime.SpecifyKind(oldest[0], DateTimeKind.Utc))
        };
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Metrics.Announce();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task TurnAsync(CancellationToken cancellationToken)
    {
        using var turn = watch.Begin("the reading of metrics", s_atMost);
        Metrics.Show(await ReadAsync(cancellationToken), Clock);
    }

    protected override void TellFailed(Exception failure)
    {
        Metrics.Show(StateFigures.None, Clock);
        log.NotCounted(failure.GetBaseException().Message);
    }

    // A count as rows, so that it goes with the others.
    private static IQueryable<long> Number<T>(IQueryable<T> rows) where T : class => rows.GroupBy(_ => 1).Select(g => g.LongCount());

    /// <summary>Since when the one has waited that has waited longest.</summary>
    private static IQueryable<DateTimeOffset> Oldest(IQueryable<Batch> waiting) => waiting.OrderBy(b => b.UpdatedAt).Select(b => b.UpdatedAt).Take(1);

    private static long Count(IReadOnlyList<long> rows) => rows.Count == 0 ? 0 : rows[0];

    private static DateTimeOffset? First(IReadOnlyList<DateTimeOffset> rows) => rows.Count == 0 ? null : rows[0];

    private sealed record StateCount(string Status, long Count);

    private sealed record StageBegun(string Status, DateTimeOffset? Pre, DateTimeOffset? Prod, DateTimeOffset? Rollback)
    {
        /// <summary>The stage that runs is the one that began last.</summary>
        public DateTimeOffset? At => new[] { Pre, Prod, Rollback }.Max();
    }
}
