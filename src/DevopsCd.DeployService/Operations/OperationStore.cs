using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Callbacks;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Operations;

/// <summary>
/// The records of all operations: one ConfigMap each, in one namespace of the home cluster. The name is derived from the
/// operation's id, so the API server itself refuses a second one; every change names the version it was based on, so of several
/// replicas exactly one makes it. See infra/decisions for why not annotations alone.
/// </summary>
internal sealed class OperationStore(Clusters clusters, IOptions<DeployServiceOptions> options, TimeProvider clock, ILogger<OperationStore> log)
{
    public const string RecordLabel = "devopscd.io/record";

    private const string Selector = $"{RecordLabel}=operation";

    /// <summary>A record somebody has broken by hand is one unreadable record, not the end of the watch of all of them.</summary>
    private static readonly JsonSerializerOptions Complete = new(Json.Options) { RespectNullableAnnotations = true };

    private readonly Lock _gate = new();
    private readonly Dictionary<string, OperationRecord> _byId = [];
    private readonly Dictionary<WorkloadKey, HashSet<string>> _byWorkload = [];

    /// <summary>Whether a record has once been written, be it on trial.</summary>
    private bool _writable;

    private string Namespace => options.Value.Records.Namespace;

    /// <summary>A record is new or has changed, by whoever's hand.</summary>
    public event Action<OperationRecord>? Changed;

    /// <summary>Why this replica's picture may be behind, or why it could accept nothing; null while the watch of the records stands.</summary>
    public async Task<Exception?> TroubleAsync(CancellationToken stop)
    {
        try
        {
            if ((await WatchAsync(stop)).Trouble is { } trouble)
                return trouble;
            if (!_writable)
            {
                // A namespace that does not exist can be listed and watched; only a write tells.
                await clusters.Home.Api.CreateAsync(KubeResource.ConfigMaps, Namespace, new { apiVersion = "v1", kind = "ConfigMap", metadata = new { generateName = "op-trial-" } }, dryRun: true, stop);
                _writable = true;
            }
            return null;
        }
        catch (Exception e) when (e is KubeException or ClusterUnreachableException or TimeoutException)
        {
            return e;
        }
    }

    /// <summary>Starts the watch of the records; returns when all of them are known.</summary>
    public async Task<WatchCache> WatchAsync(CancellationToken stop) =>
        await clusters.Home.WatchAsync(KubeResource.ConfigMaps, Namespace, stop, Selector);

    public void Observe(Cluster cluster, KubeObject read, bool deleted)
    {
        if (cluster != clusters.Home || read.Namespace != Namespace || read.Label(RecordLabel) is null || Parse(read) is not { } record)
            return;
        if (deleted)
            Forget(record);
        else if (Remember(record))
            Changed?.Invoke(record);
    }

    public OperationRecord? Known(string id)
    {
        lock (_gate)
            return _byId.GetValueOrDefault(id);
    }

    public List<OperationRecord> All()
    {
        lock (_gate)
            return [.. _byId.Values];
    }

    public List<OperationRecord> OnSameWorkload(OperationRecord record) => [.. On(record.Workload).Where(r => r.Id != record.Id)];

    public List<OperationRecord> On(WorkloadKey workload)
    {
        lock (_gate)
            return _byWorkload.TryGetValue(workload, out var ids) ? [.. ids.Select(id => _byId[id])] : [];
    }

    /// <summary>The record, from memory or, where this replica has not heard of it yet, from the API server.</summary>
    public async Task<OperationRecord?> FindAsync(string id, CancellationToken stop) => Known(id) ?? await ReadAsync(id, stop);

    /// <summary>The record as the API server has it now.</summary>
    public async Task<OperationRecord?> ReadAsync(string id, CancellationToken stop)
    {
        var read = await clusters.Home.Api.FindAsync(KubeResource.ConfigMaps, Namespace, NameOf(id), stop);
        if (read is null || Parse(read) is not { } record)
            return null;
        if (Remember(record))
            Changed?.Invoke(record);
        return record;
    }

    /// <summary>Writes a new record; null when the id is taken.</summary>
    public async Task<OperationRecord?> AddAsync(OperationRecord record, CancellationToken stop)
    {
        try
        {
            var request = record.Request;
            var written = await clusters.Home.Api.CreateAsync(KubeResource.ConfigMaps, Namespace, new
            {
                apiVersion = "v1",
                kind = "ConfigMap",
                metadata = new
                {
                    name = NameOf(record.Id),
                    @namespace = Namespace,
                    labels = new Dictionary<string, string> { [RecordLabel] = "operation", ["devopscd.io/phase"] = record.Status.Phase },
                    annotations = new Dictionary<string, string>
                    {
                        ["devopscd.io/operation"] = record.Id,
                        ["devopscd.io/application"] = request.Application,
                        ["devopscd.io/target"] = $"{request.Cluster}/{request.Namespace}/{request.Workload.Kind}/{request.Workload.Name}"
                    }
                },
                data = new { operation = JsonSerializer.Serialize(record with { Status = new(), Previous = null }, Json.Options), status = Write(record.Status) }
            }, dryRun: false, stop);
            return Took(record, written);
        }
        catch (KubeException taken) when (taken.AlreadyExists)
        {
            return null;
        }
    }

    /// <summary>Writes a new version; null when somebody else has written one since this was read.</summary>
    public async Task<OperationRecord?> SaveAsync(OperationRecord record, CancellationToken stop)
    {
        var data = new Dictionary<string, string> { ["status"] = Write(record.Status) };
        if (record.Previous is { } previous && Known(record.Id)?.Previous is null)
            data["previous"] = previous.GetRawText();
        try
        {
            var written = await clusters.Home.Api.MergeAsync(KubeResource.ConfigMaps, Namespace, NameOf(record.Id), new
            {
                metadata = new { resourceVersion = record.ResourceVersion, labels = new Dictionary<string, string> { ["devopscd.io/phase"] = record.Status.Phase } },
                data
            }, stop);
            return Took(record, written);
        }
        catch (KubeException late) when (late.Conflict || late.NotFound)
        {
            return null;
        }
    }

    /// <summary>Deletes what the history no longer holds: ended, at rest, reported, old enough, and not among the newest of its workload.</summary>
    public async Task PruneAsync(OperationRecord ended, CancellationToken stop)
    {
        var records = options.Value.Records;
        var told = options.Value.Callback.Kind != CallbackKinds.None;
        var young = clock.GetUtcNow() - records.KeepAtLeast.Value;
        var old = OnSameWorkload(ended)
            .Where(r => r.AtRest && !(told && r.Status.Report is not null) && r.Status.FinishedAt < young)
            .OrderByDescending(r => r.StartedAt)
            .Skip(records.History - 1)
            .ToList();
        foreach (var record in old)
        {
            await clusters.Home.Api.DeleteAsync(KubeResource.ConfigMaps, Namespace, NameOf(record.Id), stop);
            Forget(record);
            log.Forgotten(record.Id);
        }
    }

    private static string NameOf(string id) => "op-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..40];

    private static string Write(OperationStatus status) => JsonSerializer.Serialize(status, Json.Options);

    private OperationRecord Took(OperationRecord record, KubeObject written)
    {
        var saved = record with { ResourceVersion = written.ResourceVersion };
        Remember(saved);
        return saved;
    }

    private OperationRecord? Parse(KubeObject read)
    {
        try
        {
            var record = JsonSerializer.Deserialize<OperationRecord>(read.Root.Text("data", "operation") ?? "", Complete) ?? throw new JsonException("it is null");
            var previous = read.Root.Text("data", "previous");
            return record with
            {
                Status = JsonSerializer.Deserialize<OperationStatus>(read.Root.Text("data", "status") ?? "{}", Complete) ?? throw new JsonException("its status is null"),
                Previous = previous is null ? null : JsonSerializer.Deserialize<JsonElement>(previous),
                ResourceVersion = read.ResourceVersion
            };
        }
        catch (JsonException broken)
        {
            log.BrokenRecord(read.Name, broken.Message);
            return null;
        }
    }

    /// <summary>Whether this is news.</summary>
    private bool Remember(OperationRecord record)
    {
        lock (_gate)
        {
            if (_byId.TryGetValue(record.Id, out var known) && ulong.Parse(known.ResourceVersion) >= ulong.Parse(record.ResourceVersion))
                return false;
            _byId[record.Id] = record;
            if (!_byWorkload.TryGetValue(record.Workload, out var ids))
                _byWorkload[record.Workload] = ids = [];
            ids.Add(record.Id);
            return true;
        }
    }

    private void Forget(OperationRecord record)
    {
        lock (_gate)
        {
            if (_byId.Remove(record.Id) && _byWorkload.TryGetValue(record.Workload, out var ids) && ids.Remove(record.Id) && ids.Count == 0)
                _byWorkload.Remove(record.Workload);
        }
    }
}
