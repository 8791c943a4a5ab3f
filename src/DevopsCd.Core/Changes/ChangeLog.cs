using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using MassTransit;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Changes;

/// <summary>
/// The changes of all batches in the order of their commits. Ids that a sequence gives do not commit in their order, so that whoever reads by them
/// may pass one that is still to come. Changes are therefore numbered after their commit, by one at a time: what has been read to a cursor is
/// complete for ever, on every host. Only those who follow have them numbered.
/// </summary>
internal sealed class ChangeLog(CdDbContext db)
{
    /// <summary>Changes that are read at once.</summary>
    public const int PageSize = 500;

    /// <summary>The row of the cursor that was given last.</summary>
    private const string Numbered = "batch_changes";

    private const int NumberedAtOnce = 5000;

    private DbSet<BatchChange> Rows => db.Set<BatchChange>();

    /// <summary>The cursor of the newest change that is numbered; 0 where none ever was.</summary>
    public Task<long> NewestAsync(CancellationToken cancellationToken) =>
        db.Set<Counter>().AsNoTracking().Where(c => c.Name == Numbered).Select(c => c.Value).SingleOrDefaultAsync(cancellationToken);

    /// <summary>Whether everything after a cursor is still kept. One that was never given is of another database.</summary>
    public async Task<bool> KeepsAllAfterAsync(long cursor, CancellationToken cancellationToken)
    {
        var newest = await NewestAsync(cancellationToken);
        return cursor == newest || (cursor < newest && await Rows.MinAsync(c => c.Cursor, cancellationToken) <= cursor + 1);
    }

    /// <summary>The changes after a cursor, oldest first, at most <see cref="PageSize" />; those that wait for their number get it.</summary>
    public async Task<IReadOnlyList<ToldChange>> AfterAsync(long cursor, CancellationToken cancellationToken)
    {
        var queries = new QueryBatch(db);
        var rows = queries.Add(After(cursor));
        var waiting = queries.Add(Rows.Where(c => c.Cursor == null).Take(1).Select(c => c.Id));
        await queries.ReadAsync(cancellationToken);
        if (waiting.Count > 0 && rows.Count < PageSize && await NumberAsync(cancellationToken) > 0)
            rows = await After(cursor).ToListAsync(cancellationToken);
        return rows.Count == 0 ? [] : await TellAsync(rows, cancellationToken);
    }

    /// <summary>Numbers what has been committed since the last time.</summary>
    /// <returns>How many were numbered; none while another host does the same.</returns>
    public async Task<int> NumberAsync(CancellationToken cancellationToken)
    {
        if (!await Rows.AnyAsync(c => c.Cursor == null, cancellationToken))
            return 0;
        for (var numbered = 0; ; numbered += NumberedAtOnce)
            if (await db.InTransactionAsync(() => NumberSomeAsync(cancellationToken), cancellationToken) is var count and < NumberedAtOnce)
                return numbered + count;
    }

    /// <summary>Removes changes of before a time, the oldest first, so that what is left has no gap.</summary>
    /// <param name="before">The time.</param>
    /// <param name="atOnce">How many a statement removes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were removed.</returns>
    public async Task<int> ForgetAsync(DateTimeOffset before, int atOnce, CancellationToken cancellationToken)
    {
        await NumberAsync(cancellationToken);
        // Hosts write their times at about the same time, and not in the order of the cursors.
        var first = await Rows.Where(c => c.At >= before).MinAsync(c => c.Cursor, cancellationToken) ?? long.MaxValue;
        for (var removed = 0; ;)
        {
            var some = Rows.Where(c => c.At < before && c.Cursor < first).OrderBy(c => c.Cursor).Take(atOnce).Select(c => c.Id);
            var count = await Rows.Where(c => some.Contains(c.Id)).ExecuteDeleteAsync(cancellationToken);
            removed += count;
            if (count < atOnce)
                return removed;
        }
    }

    private IQueryable<BatchChange> After(long cursor) =>
        Rows.AsNoTracking().Include(c => c.Event).Where(c => c.Cursor > cursor).OrderBy(c => c.Cursor).Take(PageSize);

    private async Task<int> NumberSomeAsync(CancellationToken cancellationToken)
    {
        if (await TurnAsync(cancellationToken) is not { } last)
            return 0;
        // The turn is taken before this looks: it sees all that was numbered in the turns before.
        var count = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE batch_changes SET cursor = numbered.place FROM (
                SELECT id, {last} + ROW_NUMBER() OVER (ORDER BY id) AS place FROM batch_changes WHERE cursor IS NULL ORDER BY id LIMIT {NumberedAtOnce}
            ) AS numbered WHERE batch_changes.id = numbered.id
            """, cancellationToken);
        if (count > 0)
            await db.Database.ExecuteSqlAsync($"UPDATE counters SET value = {last + count} WHERE name = {Numbered}", cancellationToken);
        return count;
    }

    /// <summary>Keeps others from numbering until the transaction ends.</summary>
    /// <returns>The cursor that was given last; null while another host numbers, which does what this one would do.</returns>
    private async Task<long?> TurnAsync(CancellationToken cancellationToken)
    {
        var counters = db.Set<Counter>();
        await db.Database.ExecuteSqlAsync($"INSERT INTO counters (name, value) VALUES ({Numbered}, 0) ON CONFLICT (name) DO NOTHING", cancellationToken);
        var row = db.Database.IsNpgsql()
            ? counters.FromSql($"SELECT * FROM counters WHERE name = {Numbered} FOR NO KEY UPDATE SKIP LOCKED")
            : counters.Where(c => c.Name == Numbered);
        return (await row.AsNoTracking().ToListAsync(cancellationToken)).SingleOrDefault()?.Value;
    }

    private async Task<IReadOnlyList<ToldChange>> TellAsync(IReadOnlyList<BatchChange> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Select(c => c.BatchId).Distinct().ToList();
        var changes = rows.ToDictionary(c => c.Id, c => ChangedRelease.Read(c.Releases));
        var releaseIds = changes.Values.SelectMany(changed => changed).Select(change => change.ReleaseId).Distinct().ToList();
        var queries = new QueryBatch(db);
        var batches = queries.Add(db.Batches.AsNoTracking().Where(b => ids.Contains(b.Id)).Select(b => new Batch
        {
            Id = b.Id,
            BatchNumber = b.BatchNumber,
            Project = b.Project,
            Status = b.Status,
            Version = b.Version
        }));
        var projects = queries.Add(db.Releases.Where(r => ids.Contains(r.BatchId)).Select(r => new { r.BatchId, r.App.Project }).Distinct());
        var names = queries.Add(db.Releases.Where(r => releaseIds.Contains(r.Id)).Select(r => new { r.Id, r.App.Name }));
        await queries.ReadAsync(cancellationToken);
        var batchOf = batches.ToDictionary(b => b.Id);
        var projectsOf = projects.ToLookup(p => p.BatchId, p => p.Project);
        var nameOf = names.ToDictionary(r => r.Id, r => r.Name);
        return
        [
            .. rows.Where(row => batchOf.ContainsKey(row.BatchId)).Select(row =>
                new ToldChange(View(row, batchOf[row.BatchId], changes[row.Id], nameOf), Concerned(batchOf[row.BatchId], projectsOf[row.BatchId])))
        ];
    }

    private static BatchChanged View(BatchChange row, Batch batch, IReadOnlyList<ChangedRelease> changes, Dictionary<long, string> nameOf) => new()
    {
        Cursor = row.Cursor!.Value,
        BatchId = batch.Id,
        BatchNumber = batch.BatchNumber,
        Project = batch.Project,
        State = BatchStatus.Code(batch.Status),
        StateName = batch.Status,
        Version = batch.Version,
        At = row.At,
        Event = row.Event?.View(),
        // What has been taken out of the batch since has its row in the audit.
        Applications = row.Releases is null ? null : [.. changes.Where(change => nameOf.ContainsKey(change.ReleaseId)).Select(change => new ApplicationChanged
        {
            Application = nameOf[change.ReleaseId],
            PreStatus = change.Outcomes?.Pre,
            ProdStatus = change.Outcomes?.Prod,
            RollbackStatus = change.Outcomes?.Rollback,
            StatusReason = change.Outcomes?.Reason,
            Deployments = change.Deployments
        })]
    };

    private static IReadOnlyCollection<string> Concerned(Batch batch, IEnumerable<string> ofApplications) =>
        ProjectsOf.Concerned(ofApplications.Append(batch.Project).OfType<string>().ToHashSet(StringComparer.Ordinal));
}
