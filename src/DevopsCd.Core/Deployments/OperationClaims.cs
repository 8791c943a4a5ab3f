using DevopsCd.Core.Consuming;
using DevopsCd.Core.Data;
using DevopsCd.Shared;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// Takes due calls for this process alone, and writes down before them what has to hold if nobody survives them (I8). What comes at once
/// for one batch is claimed with one statement.
/// </summary>
internal sealed class OperationClaims
{
    private readonly IServiceScopeFactory _scopes;
    private readonly OperationRules _rules;
    private readonly TimeProvider _clock;
    private readonly Gathering<Guid, string, Claimed?> _gathering;

    public OperationClaims(IServiceScopeFactory scopes, OperationRules rules, TimeProvider clock)
    {
        (_scopes, _rules, _clock) = (scopes, rules, clock);
        _gathering = new Gathering<Guid, string, Claimed?>((_, take) => ClaimAllAsync(take()));
    }

    /// <summary>Claims the call that is due for an operation; null when none is: a repeated message, or another process's call.</summary>
    /// <param name="batchId">Whose message it was: what belongs together is claimed together.</param>
    /// <param name="operationId">The operation.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Claimed?> ClaimAsync(Guid batchId, string operationId, CancellationToken cancellationToken) =>
        _gathering.AskAsync(batchId, operationId, cancellationToken);

    private async Task<IReadOnlyList<Claimed?>> ClaimAllAsync(IReadOnlyList<string> operationIds)
    {
        var found = new Dictionary<string, Claimed>(StringComparer.Ordinal);
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        // The same one may be asked for twice; the second is told that nothing is due.
        var open = operationIds.Distinct(StringComparer.Ordinal).ToList();
        while (open.Count > 0)
        {
            var now = _clock.GetUtcNow();
            var rows = await ClaimFirstAsync(db, open, now, found);
            open = [];
            var due = rows.Where(row => row.NextActionAt is { } at && at <= now + DueTime.Early)
                .Select(row => (Row: row, Before: row.State(), Call: _rules.Due(row.State(), now))).Where(row => row.Call != OperationCall.None);
            foreach (var alike in due.GroupBy(d => d.Before with { AcceptedAt = null, ReportedAt = null, DeadlineAt = default, Triage = null, Error = null }))
                open.AddRange(await ClaimAlikeAsync(db, [.. alike], now, found));
        }
        return [.. operationIds.Select(id => found.Remove(id, out var claimed) ? claimed : null)];
    }

    /// <summary>
    /// Claims those that nobody has made a call for, and reads all others, in one round trip: of most operations the first call is the only
    /// one. SQLite has no round trips to save.
    /// </summary>
    /// <returns>The rows of the others.</returns>
    private async Task<IReadOnlyList<Deployment>> ClaimFirstAsync(CdDbContext db, List<string> ids, DateTimeOffset now, Dictionary<string, Claimed> found)
    {
        var queries = new QueryBatch(db);
        var (state, made) = _rules.FirstClaim(now);
        var due = now + DueTime.Early;
        var pending = EnumNames<OperationStatus>.Of(OperationStatus.Pending);
        var claimed = db.Database.IsNpgsql()
            ? queries.Add(db.Deployments.FromSql(
                $"""
                UPDATE deployments
                SET next_action_at = {state.NextActionAt}, claimed_until = {state.ClaimedUntil}, tries = {state.Tries}, may_run = {state.MayRun}
                WHERE operation_id = ANY ({ids}) AND next_action_at <= {due} AND deadline_at > {now}
                  AND status = {pending} AND tries = 0 AND NOT may_run AND NOT stop_requested
                RETURNING *
                """).AsNoTracking())
            : [];
        var rows = queries.Add(db.Deployments.AsNoTracking().Where(d => ids.Contains(d.OperationId)));
        await queries.ReadAsync(CancellationToken.None);
        foreach (var row in claimed)
            found.Add(row.OperationId, new Claimed(row, made));
        return [.. rows.Where(row => !found.ContainsKey(row.OperationId))];
    }

    /// <summary>Claims operations that are in the same state and, of those that somebody else has changed meanwhile, gives the ids.</summary>
    private async Task<IEnumerable<string>> ClaimAlikeAsync(
        CdDbContext db, List<(Deployment Row, OperationState Before, OperationCall Call)> alike, DateTimeOffset now, Dictionary<string, Claimed> found)
    {
        var byEnd = alike.Select(d => (d.Row, Claim: _rules.Claim(d.Before, d.Call, now)))
            .GroupBy(d => (d.Claim.State.NextActionAt, d.Claim.State.Tries, d.Claim.State.MayRun, d.Claim.Made.Call));
        var lost = new List<string>();
        foreach (var group in byEnd)
        {
            var (before, state) = (alike[0].Before, group.First().Claim.State);
            var ids = group.Select(d => d.Row.OperationId).ToList();
            var claimed = await db.Deployments
                .Where(d => ids.Contains(d.OperationId) && d.NextActionAt == before.NextActionAt && d.Status == before.Status
                    && d.StopRequested == before.StopRequested && d.Tries == before.Tries)
                .ExecuteUpdateAsync(set => set
                    .SetProperty(d => d.NextActionAt, state.NextActionAt).SetProperty(d => d.ClaimedUntil, state.ClaimedUntil)
                    .SetProperty(d => d.Tries, state.Tries).SetProperty(d => d.MayRun, state.MayRun));
            // The end of a claim is its name: of several, those that carry it are ours.
            var ours = claimed == ids.Count ? ids
                : claimed == 0 ? []
                : await db.Deployments.AsNoTracking().Where(d => ids.Contains(d.OperationId) && d.ClaimedUntil == state.ClaimedUntil)
                    .Select(d => d.OperationId).ToListAsync();
            foreach (var (row, claim) in group)
            {
                if (!ours.Contains(row.OperationId))
                {
                    lost.Add(row.OperationId);
                    continue;
                }
                row.Become(claim.State);
                found.Add(row.OperationId, new Claimed(row, claim.Made));
            }
        }
        return lost;
    }
}

/// <summary>A call that this process may make, and nobody else meanwhile.</summary>
/// <param name="Operation">The operation as it was written with the claim.</param>
/// <param name="Made">The call.</param>
internal sealed record Claimed(Deployment Operation, CallMade Made);
