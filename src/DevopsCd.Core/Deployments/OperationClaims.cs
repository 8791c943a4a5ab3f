using System.Collections.Concurrent;
using DevopsCd.Core.Consuming;
using DevopsCd.Core.Data;
using DevopsCd.Shared;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// Takes due calls for this process alone, and writes down before them what has to hold if nobody survives them (I8). What comes at once
/// for one batch is claimed with one statement, and so is what the batch has started together with it: its messages are still on their way.
/// </summary>
internal sealed class OperationClaims
{
    /// <summary>More that never came here (another host has had their messages) are forgotten; a message that does come is looked into then.</summary>
    private const int MostAlong = 10_000;

    private readonly IServiceScopeFactory _scopes;
    private readonly OperationRules _rules;
    private readonly TimeProvider _clock;
    private readonly Gathering<Guid, Asked, Claims> _gathering;
    private readonly ConcurrentDictionary<string, byte> _inHand = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _along = new(StringComparer.Ordinal);

    public OperationClaims(IServiceScopeFactory scopes, OperationRules rules, TimeProvider clock)
    {
        (_scopes, _rules, _clock) = (scopes, rules, clock);
        _gathering = new Gathering<Guid, Asked, Claims>((batchId, take) => ClaimAllAsync(batchId, take()));
    }

    /// <summary>Claims the call that is due for an operation, and the first calls of others of its batch.</summary>
    /// <param name="batchId">Whose message it was: what belongs together is claimed together.</param>
    /// <param name="operationId">The operation.</param>
    /// <param name="cameBefore">Somebody may have begun with the message already.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is this caller's, each of them to be made within <see cref="Hold" />.</returns>
    public Task<Claims> ClaimAsync(Guid batchId, string operationId, bool cameBefore, CancellationToken cancellationToken) =>
        _gathering.AskAsync(batchId, new Asked(operationId, cameBefore), cancellationToken);

    /// <summary>The call of an operation that was claimed is about to be written down.</summary>
    /// <param name="operationId">The operation.</param>
    /// <param name="isLast">Nothing more is to be done for it; else a message for its next call is one to be heard.</param>
    public void Answered(string operationId, bool isLast)
    {
        if (!isLast)
            _along.TryRemove(operationId, out _);
    }

    /// <summary>This process makes a call of the operation until what is returned is disposed of.</summary>
    public IDisposable Hold(string operationId)
    {
        _inHand[operationId] = 0;
        return new Held(() => _inHand.TryRemove(operationId, out _));
    }

    /// <summary>Whether this process is making a call of the operation.</summary>
    public bool IsInHand(string operationId) => _inHand.ContainsKey(operationId);

    private async Task<IReadOnlyList<Claims>> ClaimAllAsync(Guid batchId, IReadOnlyList<Asked> asked)
    {
        var found = new Dictionary<string, Claimed>(StringComparer.Ordinal);
        // The same one may be asked for twice; the second is told that nothing is due. So is the message of what was claimed along.
        var open = asked.Where(a => !_along.TryRemove(a.OperationId, out _) || a.CameBefore).Select(a => a.OperationId)
            .Distinct(StringComparer.Ordinal).ToList();
        if (open.Count > 0)
            await ClaimAllAsync(batchId, open, found);
        var own = asked.Select(a => found.Remove(a.OperationId, out var claimed) ? claimed : null).ToList();
        if (_along.Count > MostAlong)
            _along.Clear();
        foreach (var operationId in found.Keys)
            _along[operationId] = 0;
        return [.. own.Select((claimed, index) => new Claims(claimed, index == 0 ? [.. found.Values] : []))];
    }

    private async Task ClaimAllAsync(Guid batchId, List<string> open, Dictionary<string, Claimed> found)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        while (open.Count > 0)
        {
            var now = _clock.GetUtcNow();
            var rows = await ClaimFirstAsync(db, batchId, open, now, found);
            open = [];
            var due = rows.Where(row => row.NextActionAt is { } at && at <= now + DueTime.Early)
                .Select(row => (Row: row, Before: row.State(), Call: _rules.Due(row.State(), now))).Where(row => row.Call != OperationCall.None);
            foreach (var alike in due.GroupBy(d => d.Before with { AcceptedAt = null, ReportedAt = null, DeadlineAt = default, Triage = null, Error = null }))
                open.AddRange(await ClaimAlikeAsync(db, [.. alike], now, found));
        }
    }

    /// <summary>
    /// Claims those of the batch that nobody has made a call for, and reads what else was asked for, in one round trip: of most operations the
    /// first call is the only one. What somebody else works on at present is left to its own message. SQLite has no round trips to save.
    /// </summary>
    /// <returns>The rows of the others that were asked for.</returns>
    private async Task<IReadOnlyList<Deployment>> ClaimFirstAsync(
        CdDbContext db, Guid batchId, List<string> ids, DateTimeOffset now, Dictionary<string, Claimed> found)
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
                WHERE id IN (
                    SELECT id FROM deployments
                    WHERE batch_correlation_id = {batchId} AND next_action_at <= {due} AND deadline_at > {now}
                      AND status = {pending} AND tries = 0 AND NOT may_run AND NOT stop_requested
                    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
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

    private readonly record struct Asked(string OperationId, bool CameBefore);

    private sealed class Held(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}

/// <summary>A call that this process may make, and nobody else meanwhile.</summary>
/// <param name="Operation">The operation as it was written with the claim.</param>
/// <param name="Made">The call.</param>
internal sealed record Claimed(Deployment Operation, CallMade Made);

/// <summary>What a caller has claimed.</summary>
/// <param name="Own">The call that it asked for; null when none is due: a repeated message, or another process's call.</param>
/// <param name="Along">First calls of other operations of the batch, whose messages are not waited for.</param>
internal sealed record Claims(Claimed? Own, IReadOnlyList<Claimed> Along);
