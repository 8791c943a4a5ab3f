using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Operations;

/// <summary>What callers can ask for. Every command may be repeated and finds what the first one did.</summary>
internal sealed class OperationService(
    Clusters clusters, OperationStore store, OperationEngine engine, Transitions transitions, StrategyCatalogue strategies, IOptions<DeployServiceOptions> options,
    TimeProvider clock, ILogger<OperationService> log)
{
    private const int Tries = 10;

    public async Task<Answer> PutAsync(string id, DeployOperationRequest request, Caller caller, CancellationToken stop)
    {
        if (!caller.May(request.Cluster, request.Namespace))
            return Answer.Forbidden($"key '{caller.Name}' may not deploy to namespace '{request.Namespace}' of cluster '{request.Cluster}'");
        var hash = RequestHash.Of(request);
        if (store.Known(id) is { } known)
            return Repeated(known, hash);
        if (await LookAsync(request, caller, stop) is { Errors: { Count: > 0 } errors })
        {
            // A target that has become wrong since does not make a repeated PUT wrong; this replica may not have heard of the first.
            return await store.ReadAsync(id, stop) is { } accepted ? Repeated(accepted, hash) : Answer.Wrong(errors);
        }

        // Later than every operation before it on the same workload, also where the replica that took that one has a clock ahead of ours.
        var latest = store.On(WorkloadKey.Of(request)).Select(o => o.StartedAt).DefaultIfEmpty().Max().AddTicks(10);
        var now = clock.GetUtcNow() is var here && here > latest ? here : latest;
        var timeout = request.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : options.Value.Rollout.DefaultTimeout.Value;
        var added = await store.AddAsync(new OperationRecord { Id = id, Request = request, Hash = hash, StartedAt = now, DeadlineAt = now + timeout }, stop);
        if (added is null)
        {
            // Another replica, or an earlier try whose answer was lost, was faster.
            return await store.ReadAsync(id, stop) is { } first ? Repeated(first, hash) : Answer.Conflict("operation-unreadable", $"a record of operation '{id}' exists that cannot be read");
        }
        log.Accepted(id, request.Image, $"{request.Cluster}/{request.Namespace}/{request.Workload.Kind}/{request.Workload.Name}", added.StrategyType, caller.Name);
        engine.Begin(added);
        return Answer.Created(engine.View(added));
    }

    public async Task<Answer> GetAsync(string id, Caller caller, CancellationToken stop) =>
        await FindAsync(id, caller, stop) is { } record ? Answer.Ok(engine.View(record)) : Answer.Unknown(id);

    public Task<Answer> StopAsync(string id, Caller caller, CancellationToken stop) => ChangeAsync(id, caller, "stop", record =>
    {
        if (record.HasEnded || record.Status.Intent != Intents.Deploy)
            return Answer.Ok(engine.View(record));
        var hold = record.Request.TextSetting(StrategySettings.OnStop) == "pause";
        return transitions.Returning(record, new Ending(DeployPhases.Stopped, Endings.Stopped, $"stopped by {caller.Name}")) with
        {
            Intent = hold ? Intents.Hold : Intents.Return,
            Reason = "Stopping"
        };
    }, stop);

    public Task<Answer> RollbackAsync(string id, Caller caller, CancellationToken stop) => ChangeAsync(id, caller, "rollback", record =>
    {
        if (record.Status.Ending?.Reason == Endings.RolledBack)
            return Answer.Ok(engine.View(record));
        if (record.HasEnded && record.Previous is null)
            return Answer.Conflict("nothing-to-roll-back", $"operation '{record.Id}' has changed nothing");
        if (store.OnSameWorkload(record).FirstOrDefault(o => !o.HasEnded) is { } busy)
            return Answer.Conflict("workload-busy", $"operation '{busy.Id}' is under way on the same workload; stop it first");
        return transitions.Returning(record, new Ending(DeployPhases.Stopped, Endings.RolledBack, $"rolled back by {caller.Name}")) with { Reason = "RollingBack" };
    }, stop);

    public Task<Answer> PromoteAsync(string id, bool full, Caller caller, CancellationToken stop) => ChangeAsync(id, caller, "promote", record =>
    {
        if (record.HasEnded)
        {
            return record.Status.Phase == DeployPhases.Succeeded
                ? Answer.Ok(engine.View(record))
                : Answer.Conflict("operation-ended", $"operation '{record.Id}' has ended as {record.Status.Phase} ({record.Status.Reason})");
        }
        if (record.Status.Intent != Intents.Deploy)
            return Answer.Conflict("operation-returning", $"operation '{record.Id}' is on its way back ({record.Status.Reason})");
        if (full)
            return record.Status.PromoteAll ? Answer.Ok(engine.View(record)) : record.Status with { Phase = DeployPhases.Progressing, Reason = "Promoted", Message = $"promoted to the end by {caller.Name}", PromoteAll = true };
        // A second promote for the same pause finds it already going on.
        return record.Status.Phase == DeployPhases.Paused
            ? record.Status with { Phase = DeployPhases.Progressing, Reason = "Promoted", Message = $"promoted by {caller.Name}", Promotions = record.Status.Promotions + 1 }
            : Answer.Ok(engine.View(record));
    }, stop);

    /// <summary>The target as it is now, and what the cluster has against the request; neither when the target cannot be looked at yet, for then the operation waits for it.</summary>
    public async Task<(Inspection? Found, Dictionary<string, string[]> Errors)> LookAsync(DeployOperationRequest request, Caller caller, CancellationToken stop)
    {
        var strategy = strategies[request.Strategy?.Type ?? StrategyNames.Rolling];
        clusters.TryGet(request.Cluster, out var cluster);
        try
        {
            return await NamespaceErrorAsync(cluster!, request.Namespace, caller, stop) is { } error
                ? (null, new() { ["namespace"] = [error] })
                : (await strategy.InspectAsync(cluster!, request, stop), []);
        }
        catch (Refused refused) when (refused.Passing && store.On(WorkloadKey.Of(request)).Any(o => !o.AtRest))
        {
            // It is inspected again when its turn comes, and then this counts.
            return (null, []);
        }
        catch (Refused refused)
        {
            return (null, new() { [refused.Field] = [refused.Message] });
        }
        catch (KubeException no) when (no.NotFound)
        {
            return (null, new() { ["workload.kind"] = [$"cluster '{request.Cluster}' does not serve the kind {request.Workload.Kind}; is its controller installed?"] });
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

    private async Task<string?> NamespaceErrorAsync(Cluster cluster, string ns, Caller caller, CancellationToken stop)
    {
        if (!cluster.Options.Namespaces.Contains("*"))
            return cluster.Serves(ns) ? null : Unknown(cluster.Options.Namespaces);
        if (await cluster.Api.FindAsync(KubeResource.Namespaces, null, ns, stop) is not null)
            return null;
        var (_, all) = await cluster.Api.ListAsync(KubeResource.Namespaces, null, null, null, stop);
        return Unknown(all.Select(n => n.Name));

        string Unknown(IEnumerable<string> known) =>
            $"namespace '{ns}' is not known in cluster '{cluster.Name}'; known: {string.Join(", ", known.Where(n => caller.May(cluster.Name, n)).Order(StringComparer.Ordinal))}";
    }

    private async Task<Answer> ChangeAsync(string id, Caller caller, string verb, Func<OperationRecord, AnswerOrStatus> change, CancellationToken stop)
    {
        for (var i = 0; i < Tries; i++)
        {
            var record = i == 0 ? await FindAsync(id, caller, stop) : await store.ReadAsync(id, stop);
            if (record is null)
                return Answer.Unknown(id);
            var decision = change(record);
            if (decision.Answer is { } answer)
                return answer;
            if (await store.SaveAsync(record with { Status = decision.Status! }, stop) is not { } saved)
                continue;
            log.Asked(id, verb, caller.Name);
            engine.Begin(saved);
            return Answer.Ok(engine.View(saved));
        }
        return Answer.Conflict("operation-busy", $"operation '{id}' changes too fast; try again");
    }

    private async Task<OperationRecord?> FindAsync(string id, Caller caller, CancellationToken stop) =>
        await store.FindAsync(id, stop) is { } record && caller.May(record.Request.Cluster, record.Request.Namespace) ? record : null;

    private Answer Repeated(OperationRecord existing, string hash) => existing.Hash == hash
        ? Answer.Ok(engine.View(existing))
        : Answer.Conflict("same-id-other-body", $"operation '{existing.Id}' was accepted with another body at {existing.StartedAt:O}");

    private sealed record AnswerOrStatus(Answer? Answer, OperationStatus? Status)
    {
        public static implicit operator AnswerOrStatus(Answer answer) => new(answer, null);
        public static implicit operator AnswerOrStatus(OperationStatus status) => new(null, status);
    }
}
