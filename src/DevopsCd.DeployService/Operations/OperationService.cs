using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Operations;

/// <summary>What callers can ask for. Every command may be repeated and finds what the first one did.</summary>
internal sealed class OperationService(
    Clusters clusters, OperationStore store, OperationEngine engine, Transitions transitions, StrategyCatalogue strategies, Triage triage,
        IOptions<DeployServiceOptions> options,
    TimeProvider clock, ILogger<OperationService> log)
{
    private const int Tries = 10;
    private const string Promoted = "Promoted";

    public async Task<Answer> PutAsync(string id, DeployOperationRequest request, Caller caller, CancellationToken cancellationToken)
    {
        if (!caller.May(request.Cluster, request.Namespace))
            return Answer.Refused(ProblemTypes.OutOfScope,
                $"key '{caller.Name}' may not deploy to namespace '{request.Namespace}' of cluster '{request.Cluster}'");
        var hash = RequestHash.Of(request);
        if (store.Known(id) is { } known)
            return Repeated(known, hash);
        store.RefuseNewerOn(WorkloadKey.Of(request));
        var (found, errors) = await LookAsync(request, caller, cancellationToken);
        if (errors.Count > 0)
        {
            // A target that has become wrong since does not make a repeated PUT wrong; this replica may not have heard of the first.
            return await store.ReadAsync(id, cancellationToken) is { } accepted ? Repeated(accepted, hash) : Answer.Wrong(errors);
        }

        // Later than every operation before it on the same workload; the time it has begins now all the same.
        var latest = store.On(WorkloadKey.Of(request)).Select(o => o.StartedAt).DefaultIfEmpty().Max().AddTicks(10);
        var here = clock.GetUtcNow();
        var now = here > latest ? here : latest;
        var timeout = request.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : options.Value.Rollout.DefaultTimeout.Value;
        var record = new OperationRecord { Id = id, Request = request, Hash = hash, StartedAt = now, DeadlineAt = here + timeout };
        // Where nothing has to end or to be taken away first, the target is what it was seen to be a moment ago.
        if (found is not null && record.StrategyType == StrategyNames.Rolling && store.On(record.Workload).All(o => o.AtRest && !o.Status.Left))
            record = record with { Previous = found.Previous, Status = DeploySteps.Starting };
        record = record with { Status = record.Status with { Trace = OperationTrace.Begin(now) } };
        var added = await store.AddAsync(record, cancellationToken);
        if (added is null)
        {
            // Another replica, or an earlier try whose answer was lost, was faster.
            return await store.ReadAsync(id, cancellationToken) is { } first ? Repeated(first, hash)
                : Answer.Refused(ProblemTypes.OperationUnreadable, $"a record of operation '{id}' exists that cannot be read");
        }
        log.Accepted(id, request.Image, $"{request.Cluster}/{request.Namespace}/{request.Workload.Kind}/{request.Workload.Name}", added.StrategyType,
            caller.Name);
        engine.Begin(added);
        return Answer.Created(engine.View(added));
    }

    public async Task<Answer> GetAsync(string id, Caller caller, CancellationToken cancellationToken) =>
        await FindAsync(id, caller, cancellationToken) is { } record ? Answer.Ok(engine.View(record)) : Answer.Unknown(id);

    public async Task<Answer> StopAsync(string id, Caller caller, CancellationToken cancellationToken)
    {
        // Whoever stops it because it takes too long is told what it was waiting for; with the way back go the pods that tell.
        var cause = await FindAsync(id, caller, cancellationToken) is { HasEnded: false, Status.Intent: OperationIntent.Deploy, Previous: not null } late
            ? await LateAsync(late, cancellationToken)
            : null;
        return await ChangeAsync(id, caller, "stop", record =>
        {
            if (record.HasEnded || record.Status.Intent != OperationIntent.Deploy)
                return Answer.Ok(engine.View(record));
            var hold = record.Request.TextSetting(StrategySettings.OnStop) == "pause";
            return transitions.Returning(record, new Ending(DeployPhases.Stopped, Endings.Stopped, $"stopped by {caller.Name}", cause)) with
            {
                Intent = hold ? OperationIntent.Hold : OperationIntent.Return,
                Reason = "Stopping"
            };
        }, cancellationToken);
    }

    /// <summary>What keeps an operation that is under way from coming up; null when nothing is seen to.</summary>
    private async Task<DeployCause?> LateAsync(OperationRecord record, CancellationToken cancellationToken)
    {
        var seen = engine.View(record);
        var cause = await triage.OfAsync(record, seen.Reason ?? "", seen.Message ?? "", null, cancellationToken);
        return cause.Class == DeployCauseClasses.Unknown ? null : cause;
    }

    public Task<Answer> RollbackAsync(string id, Caller caller, CancellationToken cancellationToken) => ChangeAsync(id, caller, "rollback", record =>
    {
        // One that has failed is tried again.
        if (record.Status.Ending?.Reason == Endings.RolledBack && record.Status.Phase != DeployPhases.Failed)
            return Answer.Ok(engine.View(record));
        if (record.HasEnded && record.Previous is null)
            return Answer.Refused(ProblemTypes.NothingToRollBack, $"operation '{record.Id}' has changed nothing");
        if (store.OnSameWorkload(record).FirstOrDefault(o => !o.HasEnded) is { } busy)
            return Answer.Refused(ProblemTypes.WorkloadBusy, $"operation '{busy.Id}' is under way on the same workload; stop it first");
        // What it would go back to is older than what somebody has deployed here since. Who found all of it in place has only tried again.
        if (store.OnSameWorkload(record).Where(o => o.IsLaterThan(record) && o.SharesContainerWith(record) && o.Stands && !FoundInPlace(o))
            .MaxBy(o => o.StartedAt) is { } newer)
            return Answer.Refused(ProblemTypes.NewerOperation,
                $"operation '{newer.Id}' has deployed '{newer.Request.Image}' to this workload since; roll that one back first, or deploy the image you want");
        return transitions.Returning(record,
            new Ending(DeployPhases.Stopped, Endings.RolledBack, $"rolled back by {caller.Name}")) with
        {
            Reason = "RollingBack",
            Trace = OperationTrace.Begin(clock.GetUtcNow())
        };
    }, cancellationToken);

    private bool FoundInPlace(OperationRecord record) => strategies[record.StrategyType].Before(record.Previous!.Value, record.Request).Unchanged;

    public Task<Answer> PromoteAsync(string id, bool full, Caller caller, CancellationToken cancellationToken) => ChangeAsync(id, caller, "promote", record =>
    {
        if (record.HasEnded)
        {
            return record.Status.Phase == DeployPhases.Succeeded
                ? Answer.Ok(engine.View(record))
                : Answer.Refused(ProblemTypes.OperationEnded, $"operation '{record.Id}' has ended as {record.Status.Phase} ({record.Status.Reason})");
        }
        if (record.Status.Intent != OperationIntent.Deploy)
            return Answer.Refused(ProblemTypes.OperationReturning, $"operation '{record.Id}' is being returned ({record.Status.Reason})");
        if (!strategies[record.StrategyType].TakesPromote)
            return Answer.Refused(ProblemTypes.TakesNoPromote,
                $"strategy '{record.StrategyType}' does not wait for a promote by this service; resume it where it was paused");
        if (full)
            return record.Status.PromoteAll ? Answer.Ok(engine.View(record)) : record.Status with
            {
                Phase = DeployPhases.Progressing,
                Reason = Promoted,
                Message = $"promoted to the end by {caller.Name}",
                PromoteAll = true
            };
        if (record.Status.Phase == DeployPhases.Paused)
            return record.Status with
            {
                Phase = DeployPhases.Progressing,
                Reason = Promoted,
                Message = $"promoted by {caller.Name}",
                Promotions = record.Status.Promotions + 1
            };
        // A repeated promote finds the same pause already ended; one that comes at another time would be lost.
        return record.Status.Reason == Promoted || record.Status.PromoteAll
            ? Answer.Ok(engine.View(record))
            : Answer.Refused(ProblemTypes.NotPaused,
                $"operation '{record.Id}' is not paused: {engine.View(record).Message}; promote it when its phase is {DeployPhases.Paused}, or send full=true to pass all pauses");
    }, cancellationToken);

    /// <summary>The target as it is now, and what the cluster has against the request; neither when the target cannot be looked at yet, for then the operation waits for it.</summary>
    public async Task<(Inspection? Found, Dictionary<string, string[]> Errors)> LookAsync(DeployOperationRequest request, Caller caller,
        CancellationToken cancellationToken)
    {
        var strategy = strategies[request.Strategy?.Type ?? StrategyNames.Rolling];
        clusters.TryGet(request.Cluster, out var cluster);
        try
        {
            return await NamespaceErrorAsync(cluster!, request.Namespace, caller, cancellationToken) is { } error
                ? (null, new() { ["namespace"] = [error] })
                : (await strategy.InspectAsync(cluster!, request, cancellationToken), []);
        }
        catch (TargetRejectedException refused) when (refused.Passing && store.On(WorkloadKey.Of(request)).Any(o => !o.AtRest || o.Status.Left))
        {
            // It is inspected again when its turn comes, and then this counts.
            return (null, []);
        }
        catch (TargetRejectedException refused)
        {
            return (null, new() { [refused.Field] = [refused.Message] });
        }
        catch (KubeException no) when (no.NotFound)
        {
            return (null, new()
            {
                ["workload.kind"] =
                [$"cluster '{request.Cluster}' does not serve the kind {request.Workload.Kind}; is its controller installed?"]
            });
        }
        catch (KubeException no)
        {
            return (null, new() { ["namespace"] = [no.Message] });
        }
        catch (ClusterUnreachableException) when (cluster != clusters.Home)
        {
            return (null, []);
        }
    }

    private static async Task<string?> NamespaceErrorAsync(Cluster cluster, string ns, Caller caller, CancellationToken cancellationToken)
    {
        if (!cluster.Options.Namespaces.Contains("*"))
            return cluster.Serves(ns) ? null : Unknown(cluster.Options.Namespaces);
        if (await cluster.Api.FindAsync(KubeResource.Namespaces, null, ns, cancellationToken) is not null)
            return null;
        var (_, all) = await cluster.Api.ListAsync(KubeResource.Namespaces, null, null, null, cancellationToken);
        return Unknown(all.Select(n => n.Name));

        string Unknown(IEnumerable<string> known) =>
            $"namespace '{ns}' is not known in cluster '{cluster.Name}'; known: {string.Join(", ", known.Where(n => caller.May(cluster.Name, n)).Order(StringComparer.Ordinal))}";
    }

    private async Task<Answer> ChangeAsync(string id, Caller caller, string verb, Func<OperationRecord, AnswerOrStatus> change,
        CancellationToken cancellationToken)
    {
        for (var i = 0; i < Tries; i++)
        {
            var record = i == 0 ? await FindAsync(id, caller, cancellationToken) : await store.ReadAsync(id, cancellationToken);
            if (record is null)
                return Answer.Unknown(id);
            var decision = change(record);
            if (decision.Answer is { } answer)
                return answer;
            if (await store.SaveAsync(record with { Status = decision.Status! }, cancellationToken) is not { } saved)
                continue;
            log.Asked(id, verb, caller.Name);
            engine.Begin(saved);
            return Answer.Ok(engine.View(saved));
        }
        return Answer.Refused(ProblemTypes.OperationBusy, $"operation '{id}' is being changed by others at this moment; try again");
    }

    private async Task<OperationRecord?> FindAsync(string id, Caller caller, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } record && caller.May(record.Request.Cluster, record.Request.Namespace) ? record : null;

    private Answer Repeated(OperationRecord existing, string hash) => existing.Hash == hash
        ? Answer.Ok(engine.View(existing))
        : Answer.Refused(ProblemTypes.SameIdOtherBody, $"operation '{existing.Id}' was accepted with another body at {existing.StartedAt:O}");

    private sealed record AnswerOrStatus(Answer? Answer, OperationStatus? Status)
    {
        public static implicit operator AnswerOrStatus(Answer answer) => new(answer, null);
        public static implicit operator AnswerOrStatus(OperationStatus status) => new(null, status);
    }
}
