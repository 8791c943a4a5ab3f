using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using DevopsCd.Shared;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// Moves one operation: claim a due call, make it outside of any transaction, write down what the rules make of the answer. Each step is a
/// transaction of its own, so that no consumer holds rows or a message while a rollout runs.
/// </summary>
internal sealed class DeploymentOperationRunner(
    IServiceScopeFactory scopes, OperationClaims claims, OperationSettlement settlement, IDeployService service, OperationRules rules, DeployOptions deploy,
        TimeProvider clock, ILogger<DeploymentOperationRunner> log)
{
    /// <summary>The name of a report in the audit.</summary>
    public const string Reported = "deployment_reported";

    private const int LongestWord = 1000;

    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(4);

    /// <summary>Makes the call that is due for the operation, and the first calls of what its batch has started with it.</summary>
    /// <param name="batchId">Whose message it was.</param>
    /// <param name="operationId">The operation.</param>
    /// <param name="cameBefore">Somebody may have begun with the message already, and have died: whatever calls they had in hand are taken up.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when no call is due for the operation, or not for this process.</returns>
    public async Task<bool> CallAsync(Guid batchId, string operationId, bool cameBefore, CancellationToken cancellationToken)
    {
        var called = await ClaimAndMakeAsync(batchId, operationId, cameBefore, cancellationToken);
        if (cameBefore)
            await TakeUpAsync(operationId, itself: !called, cancellationToken);
        return called;
    }

    private async Task<bool> ClaimAndMakeAsync(Guid batchId, string operationId, bool cameBefore, CancellationToken cancellationToken)
    {
        var (own, along) = await claims.ClaimAsync(batchId, operationId, cameBefore, cancellationToken);
        var others = along.Select(claim => MakeAlongAsync(batchId, claim, cancellationToken)).ToList();
        try
        {
            return own is not null && await MakeAsync(batchId, own, cancellationToken);
        }
        finally
        {
            await Task.WhenAll(others);
        }
    }

    private async Task<bool> MakeAsync(Guid batchId, Claimed claim, CancellationToken cancellationToken)
    {
        var (operation, made) = claim;
        // Frozen since the claim: by now it is another's call, or is to be claimed again.
        if (clock.GetUtcNow() >= made.Until)
            return await ClaimAndMakeAsync(batchId, operation.OperationId, cameBefore: true, cancellationToken);
        using var hold = claims.Hold(operation.OperationId);
        using var span = Tracing.Continue(operation, EnumNames<OperationCall>.Of(made.Call));
        DeployAnswer? answer = null;
        if (made.Call != OperationCall.Close)
            (answer, made) = await AskHoldingAsync(operation, made, cancellationToken);
        await WriteDownAsync(operation, made, answer, cancellationToken);
        return true;
    }

    /// <summary>The call of another operation than the message's: where it fails, the message is not at fault, and the net finds the row.</summary>
    private async Task MakeAlongAsync(Guid batchId, Claimed claim, CancellationToken cancellationToken)
    {
        try
        {
            await MakeAsync(batchId, claim, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            log.CallFailed(claim.Operation.OperationId, failure.GetType().Name, failure.StackTrace);
        }
    }

    /// <summary>
    /// Writes down what came of a call. While somebody holds the batch's row the answer is kept and the claim prolonged: given up, it would
    /// cost a second call, and a submit one more of its tries.
    /// </summary>
    private async Task WriteDownAsync(Deployment claimed, CallMade made, DeployAnswer? answer, CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
            try
            {
                await settlement.InAsync(StageOfBatch.Of(claimed), claimed.OperationId, locked =>
                {
                    var (state, now) = (locked.Operation.State(), clock.GetUtcNow());
                    var next = answer is not null ? rules.After(state, made, answer, now, locked.Batch.StopRequested)
                        // Judged again under the lock: another instance may have closed it, or made a call, meanwhile.
                        : rules.Due(state, now) == OperationCall.Close
                            ? OperationRules.Close(state with { ClaimedUntil = null }, now, locked.Batch.StopRequested)
                            : state;
                    claims.Answered(claimed.OperationId, isLast: next.NextActionAt is null);
                    return locked.BecomeAsync(next);
                }, cancellationToken);
                return;
            }
            catch (Exception failure) when (DatabaseFailures.IsTransient(failure) && !cancellationToken.IsCancellationRequested)
            {
                if (await ProlongAsync(claimed.OperationId, made) is not { } longer)
                    return;
                made = longer;
                await Task.Delay(Backoff.After(failures, s_firstWait, s_longestWait), clock, cancellationToken);
            }
    }

    /// <summary>Makes the call while its claim is prolonged, so that claims can be short and calls take their time.</summary>
    private async Task<(DeployAnswer? Answer, CallMade Made)> AskHoldingAsync(Deployment operation, CallMade made, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var holding = HoldAsync(operation.OperationId, made, done.Token);
        try
        {
            var answer = await AskAsync(operation, made.Call, cancellationToken);
            await done.CancelAsync();
            return (answer, await holding);
        }
        finally
        {
            await done.CancelAsync();
            await holding;
        }
    }

    private async Task<CallMade> HoldAsync(string operationId, CallMade made, CancellationToken done)
    {
        while (true)
        {
            await Task.Delay(OperationRules.Renewal, clock, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested || await ProlongAsync(operationId, made) is not { } longer)
                return made;
            made = longer;
        }
    }

    /// <summary>
    /// The claim with a later end, or null when it is not this caller's any more. Never cancelled: whether it was written has to be known.
    /// Where the database does not say, the claim may end at either time, and is recognised by both.
    /// </summary>
    private async Task<CallMade?> ProlongAsync(string operationId, CallMade made)
    {
        var longer = OperationRules.Prolonged(made, clock.GetUtcNow());
        if (longer == made)
            return made;
        var (until, tried) = (made.Until, made.Tried ?? made.Until);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<CdDbContext>().Deployments
                .Where(d => d.OperationId == operationId && d.ClaimedUntil == d.NextActionAt && (d.ClaimedUntil == until || d.ClaimedUntil == tried))
                .ExecuteUpdateAsync(set => set.SetProperty(d => d.NextActionAt, longer.Until).SetProperty(d => d.ClaimedUntil, longer.Until),
                    CancellationToken.None) == 1
                ? longer
                : null;
        }
        catch (Exception failure) when (DatabaseFailures.IsTransient(failure))
        {
            return made with { Tried = longer.Until };
        }
    }

    /// <summary>
    /// For a message that comes a second time: whoever had it first may have died with calls in hand, its own and those that were claimed with it,
    /// whose messages do not come again. They are taken up as soon as their claims end, and not only when the net comes by.
    /// </summary>
    private async Task TakeUpAsync(string operationId, bool itself, CancellationToken cancellationToken)
    {
        if (await PlaceOfAsync(operationId, cancellationToken) is { At: var at })
            await settlement.InAsync(at, operationId, async locked =>
            {
                if (itself && locked.Operation.NextActionAt is { } due)
                    await locked.WakeAsync(due);
                var changes = locked.Services.GetRequiredService<OperationChanges>();
                var claimed = await locked.Services.GetRequiredService<CdDbContext>().Deployments
                    .Where(d => d.BatchId == at.BatchId && d.OperationId != operationId && d.NextActionAt != null && d.NextActionAt == d.ClaimedUntil)
                    .ToListAsync(cancellationToken);
                foreach (var other in claimed.Where(d => !claims.IsInHand(d.OperationId)))
                    await changes.WakeAsync(other, other.NextActionAt!.Value, cancellationToken);
            }, cancellationToken);
    }

    /// <summary>
    /// A report from the deploy system. Over a deploy service that can be asked it only makes the engine look at once: the word of
    /// whoever can reach the address decides nothing. It is kept in the audit, with who sent it and through what.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="sender">Who sent it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BatchRefusedException">There is no such operation.</exception>
    public async Task ReportAsync(DeploymentReported report, ReportSender sender, CancellationToken cancellationToken)
    {
        var place = await ReportedAsync(report.OperationId, cancellationToken);
        using var span = Tracing.Continue(place?.Trace, "take report");
        var known = place is { At: var at }
            && await settlement.InAsync(at, place.OperationId, async locked =>
        {
            var (batch, operation) = (locked.Batch, locked.Operation);
            var journal = locked.Services.GetRequiredService<AuditWriter>();
            var phase = EnumNames<DeploymentPhase>.Of(report.Phase);
            if (!operation.InFlight)
                journal.Ignore(batch, Reported, sender.By, sender.Source,
                    $"{operation.OperationId} has ended as {EnumNames<OperationStatus>.Of(operation.Status)}; reported {phase}", null,
                        Detail(report, sender));
            else
                journal.Note(batch, Reported, sender.By, sender.Source, $"{operation.OperationId} was reported as {phase}", Detail(report, sender));

            if (deploy.Driver == "http")
                await LookNowAsync(locked);
            else if (operation.InFlight && report.Phase != DeploymentPhase.Progressing)
                await locked.BecomeAsync(OperationRules.Told(operation.State(), report.Phase == DeploymentPhase.Succeeded,
                    report.Message ?? report.Reason ?? "the deploy system reported a failure", clock.GetUtcNow()));
        }, cancellationToken);
        if (!known)
            throw new BatchRefusedException(RefusalKind.NotFound, $"there is no operation '{report.OperationId}'");
    }

    private static string Detail(DeploymentReported report, ReportSender sender) => JsonSerializer.Serialize(
        new
        {
            report.OperationId,
            Phase = EnumNames<DeploymentPhase>.Of(report.Phase),
            Reason = Short(report.Reason),
            Message = Short(report.Message),
            sender.Address
        },
        JsonSerializerOptions.Web);

    private static string? Short(string? text) => text?.Length > LongestWord ? text[..LongestWord] : text;

    private async Task LookNowAsync(OperationUnderLock locked)
    {
        var (operation, now) = (locked.Operation, clock.GetUtcNow());
        operation.ReportedAt = now;
        // The wait between two tries holds; a call under way is followed by another one, because it may have begun too early.
        if (operation.NextActionAt is null || operation.Status == OperationStatus.Pending || operation.ClaimedUntil > now)
            return;
        operation.NextActionAt = now;
        await locked.WakeAsync(now);
    }

    private async Task<DeployAnswer> AskAsync(Deployment operation, OperationCall call, CancellationToken cancellationToken)
    {
        DeployAnswer answer;
        try
        {
            answer = call switch
            {
                OperationCall.Submit => await service.SubmitAsync(operation, cancellationToken),
                OperationCall.Stop => await StopAsync(operation, cancellationToken),
                _ => await service.LookAsync(operation, cancellationToken)
            };
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // A fault of our own side is a failed call like any other: it uses up tries, and the deadline ends it. Its text may hold anything.
            log.CallFailed(operation.OperationId, fault.GetType().Name, fault.StackTrace);
            answer = new DeployAnswer.Transient($"the call to the deploy service failed with {fault.GetType().Name}");
        }
        Metrics.Called(EnumNames<OperationCall>.Of(call), answer.GetType().Name.ToLowerInvariant());
        return answer;
    }

    /// <summary>What was accepted may have ended meanwhile, and then nothing is to be stopped.</summary>
    private async Task<DeployAnswer> StopAsync(Deployment operation, CancellationToken cancellationToken)
    {
        if (operation.AcceptedAt is not null && operation.InFlight &&
            await service.LookAsync(operation, cancellationToken) is (DeployAnswer.Succeeded or DeployAnswer.Failed or DeployAnswer.Stopped
                or DeployAnswer.Unknown) and var seen)
            return seen;
        var answer = await service.StopAsync(operation, cancellationToken);
        // There are services that refuse to stop what has ended.
        return answer is DeployAnswer.Refused &&
            await service.LookAsync(operation, cancellationToken) is (DeployAnswer.Succeeded or DeployAnswer.Failed or DeployAnswer.Stopped
                or DeployAnswer.Unknown) and var ended
            ? ended
            : answer;
    }

    /// <summary>Null when there is no such operation.</summary>
    private async Task<Place?> PlaceOfAsync(string operationId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<CdDbContext>().Deployments
            .Where(d => d.OperationId == operationId)
            .Select(d => new Place(new StageOfBatch(d.BatchCorrelationId, d.BatchId, d.Stage), d.OperationId, d.Trace)).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>
    /// What a report is about: a deploy service takes an operation back under the id that it has, and here that is another one. Only where the
    /// report decides nothing: it may be one of the operation itself, late.
    /// </summary>
    private async Task<Place?> ReportedAsync(string operationId, CancellationToken cancellationToken)
    {
        var place = await PlaceOfAsync(operationId, cancellationToken) ?? await PlaceOfRunAsync(operationId, cancellationToken);
        if (place is null || deploy.Driver != "http" || !place.At.Stage.CanBeTakenBack())
            return place;
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<CdDbContext>().Deployments
            .Where(d => d.BatchId == place.At.BatchId && d.Reverts == operationId && !d.Redeploys && d.FinishedAt == null)
            .Select(d => new Place(new StageOfBatch(d.BatchCorrelationId, d.BatchId, d.Stage), d.OperationId, d.Trace))
            .FirstOrDefaultAsync(cancellationToken) ?? place;
    }

    /// <summary>What infrastructure has failed runs under an id of its own at the deploy service.</summary>
    private async Task<Place?> PlaceOfRunAsync(string runId, CancellationToken cancellationToken)
    {
        if (OperationId.HeadOfRun(runId) is not { } head)
            return null;
        await using var scope = scopes.CreateAsyncScope();
        var alike = await scope.ServiceProvider.GetRequiredService<CdDbContext>().Deployments
            .Where(d => d.OperationId.StartsWith(head) && d.Restarts > 0)
            .Select(d => new { d.OperationId, d.Restarts, At = new Place(new StageOfBatch(d.BatchCorrelationId, d.BatchId, d.Stage), d.OperationId, d.Trace) })
            .ToListAsync(cancellationToken);
        return alike.Find(d => OperationId.OfRun(d.OperationId, d.Restarts) == runId)?.At;
    }

    private sealed record Place(StageOfBatch At, string OperationId, string? Trace);
}
