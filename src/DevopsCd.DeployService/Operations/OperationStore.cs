using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Callbacks;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;
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

    /// <summary>
    /// The format of the records written here. It is raised when a version that does not know a change would act wrongly on such a
    /// record; a new field that may as well be missing does not raise it.
    /// </summary>
    public const int Format = 1;

    private const string FormatKey = "format";
    private const string OperationKey = "devopscd.io/operation";
    private const string TargetKey = "devopscd.io/target";
    private const string PhaseLabel = "devopscd.io/phase";
    private const int Tries = 3;

    private const string Selector = $"{RecordLabel}=operation";

    /// <summary>A record somebody has broken by hand is one unreadable record, not the end of the watch of all of them.</summary>
    private static readonly JsonSerializerOptions s_complete = new(Json.Options) { RespectNullableAnnotations = true };

    /// <summary>More than clocks are apart.</summary>
    private static readonly TimeSpan s_mostAhead = TimeSpan.FromHours(1);

    /// <summary>More than any configuration allows.</summary>
    private static readonly TimeSpan s_longestTime = TimeSpan.FromDays(31);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, OperationRecord> _byId = [];
    private readonly Dictionary<string, string> _idByName = [];
    private readonly Dictionary<WorkloadKey, HashSet<string>> _byWorkload = [];

    /// <summary>Records of a newer format by their names; what is known of them stands outside of what the format is about.</summary>
    private readonly Dictionary<string, KubeObject> _newer = [];

    /// <summary>Whether a record has once been written, be it on trial.</summary>
    private bool _writable;

    private string Namespace => options.Value.Records.Namespace;

    /// <summary>A record is new or has changed, by whoever's hand.</summary>
    public event Action<OperationRecord>? Changed;

    /// <summary>Why this replica's picture may be behind, or why it could accept nothing; null while the watch of the records stands.</summary>
    public async Task<Exception?> TroubleAsync(CancellationToken cancellationToken)
    {
        try
        {
            if ((await WatchAsync(cancellationToken)).Trouble is { } trouble)
                return trouble;
            if (!_writable)
            {
                // A namespace that does not exist can be listed and watched; only a write tells.
                await clusters.Home.Api.CreateAsync(KubeResource.ConfigMaps, Namespace,
                    new { apiVersion = "v1", kind = "ConfigMap", metadata = new { generateName = "op-trial-" } }, dryRun: true, cancellationToken);
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
    public async Task<WatchCache> WatchAsync(CancellationToken cancellationToken) =>
        await clusters.Home.WatchAsync(KubeResource.ConfigMaps, Namespace, cancellationToken, Selector);

    public void Observe(Cluster cluster, KubeObject read, bool deleted)
    {
        if (cluster != clusters.Home || read.Namespace != Namespace || read.Label(RecordLabel) is null)
            return;
        var written = KnownAs(read.Name);
        if (IsNewer(read, deleted))
        {
            if (written is not null)
                Forget(written);
            return;
        }
        if (!deleted && Parse(read) is { } record)
        {
            if (Remember(record))
                Changed?.Invoke(record);
        }
        else if (written is { AtRest: false })
        {
            // Somebody has broken or deleted it, and what it tells of is not done: the next step writes it anew.
            Changed?.Invoke(Lose(written, read));
        }
        else if (deleted && written is not null)
        {
            Forget(written);
        }
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

    /// <exception cref="NewerRecordException">An operation of a newer version is under way on that workload.</exception>
    public void RefuseNewerOn(WorkloadKey workload)
    {
        lock (_gate)
            foreach (var newer in _newer.Values)
                if (newer.Annotation(TargetKey) == $"{workload}" && !DeployPhases.HasEnded(newer.Label(PhaseLabel) ?? ""))
                    throw new NewerRecordException(newer.Annotation(OperationKey) ?? newer.Name);
    }

    /// <summary>The record, from memory or, where this replica has not heard of it yet, from the API server.</summary>
    public async Task<OperationRecord?> FindAsync(string id, CancellationToken cancellationToken) => Known(id) ?? await ReadAsync(id, cancellationToken);

    /// <summary>The record as the API server has it now; one that somebody has broken or deleted is first written anew, where this replica knows it.</summary>
    /// <exception cref="NewerRecordException">It is of a newer version.</exception>
    public async Task<OperationRecord?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Tries; i++)
        {
            var read = await clusters.Home.Api.FindAsync(KubeResource.ConfigMaps, Namespace, NameOf(id), cancellationToken);
            if (read is not null && IsNewer(read, deleted: false))
                throw new NewerRecordException(id);
            var record = read is null ? null : Parse(read);
            if (record is null && (Known(id) is not { } known || read is null && known.AtRest))
                return null;
            // Whoever is faster, another replica or another caller of this one, has it right.
            record ??= read is null ? await ReplaceAsync(id, cancellationToken) : await MendAsync(read, cancellationToken);
            if (record is null)
                continue;
            if (Remember(record))
                Changed?.Invoke(record);
            return record;
        }
        return null;
    }

    /// <summary>Writes a record that somebody has deleted as this replica knows it, as long as there is something to be done by it.</summary>
    private async Task<OperationRecord?> ReplaceAsync(string id, CancellationToken cancellationToken)
    {
        if (Known(id) is not { AtRest: false } known || await AddAsync(known, cancellationToken) is not { } replaced)
            return null;
        log.RecordReplaced(id, NameOf(id));
        Changed?.Invoke(replaced);
        return replaced;
    }

    /// <summary>Writes a record that somebody has broken as this replica knows it; null where it does not know it.</summary>
    private async Task<OperationRecord?> MendAsync(KubeObject broken, CancellationToken cancellationToken)
    {
        if (KnownAs(broken.Name) is not { } known)
            return null;
        try
        {
            var written = await clusters.Home.Api.MergeAsync(KubeResource.ConfigMaps, Namespace, broken.Name, new
            {
                metadata = new { resourceVersion = broken.ResourceVersion },
                data = new Dictionary<string, string?>
                {
                    ["operation"] = Write(known),
                    ["status"] = Write(known.Status),
                    ["previous"] = known.Previous?.GetRawText()
                }
            }, cancellationToken);
            log.RecordMended(known.Id, broken.Name);
            return known with { ResourceVersion = written.ResourceVersion };
        }
        catch (KubeException late) when (late.Conflict || late.NotFound)
        {
            return null;
        }
    }

    /// <summary>Writes a new record; null when the id is taken.</summary>
    public async Task<OperationRecord?> AddAsync(OperationRecord record, CancellationToken cancellationToken)
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
                    labels = new Dictionary<string, string> { [RecordLabel] = "operation", [PhaseLabel] = record.Status.Phase },
                    annotations = new Dictionary<string, string>
                    {
                        [OperationKey] = record.Id,
                        ["devopscd.io/application"] = request.Application,
                        [TargetKey] = $"{record.Workload}"
                    }
                },
                data = new { format = $"{Format}", operation = Write(record), status = Write(record.Status), previous = record.Previous?.GetRawText() }
            }, dryRun: false, cancellationToken);
            return Took(record, written);
        }
        catch (KubeException taken) when (taken.AlreadyExists)
        {
            return null;
        }
    }

    /// <summary>Writes a new version; null when somebody else has written one since this was read.</summary>
    public async Task<OperationRecord?> SaveAsync(OperationRecord record, CancellationToken cancellationToken)
    {
        if (record.IsLost)
            return null;
        var data = new Dictionary<string, string> { ["status"] = Write(record.Status) };
        if (record.Previous is { } previous && !(Known(record.Id)?.Previous is { } known && JsonElement.DeepEquals(known, previous)))
            data["previous"] = previous.GetRawText();
        try
        {
            var written = await clusters.Home.Api.MergeAsync(KubeResource.ConfigMaps, Namespace, NameOf(record.Id), new
            {
                metadata = new { resourceVersion = record.ResourceVersion, labels = new Dictionary<string, string> { [PhaseLabel] = record.Status.Phase } },
                data
            }, cancellationToken);
            return Took(record, written);
        }
        catch (KubeException late) when (late.Conflict || late.NotFound)
        {
            return null;
        }
    }

    /// <summary>Deletes what the history no longer holds: ended, at rest, reported, old enough, and not among the newest of its workload.</summary>
    public async Task PruneAsync(OperationRecord ended, CancellationToken cancellationToken)
    {
        var records = options.Value.Records;
        var told = options.Value.Callback.Kind != CallbackKinds.None;
        var young = clock.GetUtcNow() - records.KeepAtLeast.Value;
        var old = OnSameWorkload(ended)
            .Where(r => r.AtRest && !r.Status.Left && !(told && r.Status.Report is not null) && r.Status.FinishedAt < young)
            .OrderByDescending(r => r.StartedAt)
            .Skip(records.History - 1)
            .ToList();
        foreach (var record in old)
        {
            await clusters.Home.Api.DeleteAsync(KubeResource.ConfigMaps, Namespace, NameOf(record.Id), cancellationToken);
            Forget(record);
            log.Forgotten(record.Id);
        }
    }

    private static string NameOf(string id) => "op-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..40];

    private static string Write(OperationRecord record) => JsonSerializer.Serialize(record with { Status = new(), Previous = null }, Json.Options);

    private static string Write(OperationStatus status) => JsonSerializer.Serialize(status, Json.Options);

    private OperationRecord Took(OperationRecord record, KubeObject written)
    {
        var saved = record with { ResourceVersion = written.ResourceVersion };
        Remember(saved);
        return saved;
    }

    /// <summary>Whether a later version has written it; said once.</summary>
    private bool IsNewer(KubeObject read, bool deleted)
    {
        var isNewer = int.TryParse(read.Root.Text("data", FormatKey), CultureInfo.InvariantCulture, out var format) && format > Format;
        lock (_gate)
        {
            if (!isNewer)
            {
                _newer.Remove(read.Name);
                return false;
            }
            var known = _newer.ContainsKey(read.Name);
            if (deleted)
                _newer.Remove(read.Name);
            else
                _newer[read.Name] = read;
            if (known || deleted)
                return true;
        }
        log.NewerRecord(read.Annotation(OperationKey) ?? read.Name, read.Name, format, Format);
        return true;
    }

    private OperationRecord? Parse(KubeObject read)
    {
        try
        {
            var record = JsonSerializer.Deserialize<OperationRecord>(read.Root.Text("data", "operation") ?? "", s_complete)
                ?? throw new JsonException("it is null");
            var previous = read.Root.Text("data", "previous");
            var whole = record with
            {
                Status = JsonSerializer.Deserialize<OperationStatus>(read.Root.Text("data", "status") ?? "{}", s_complete)
                    ?? throw new JsonException("its status is null"),
                Previous = previous is null ? null : JsonSerializer.Deserialize<JsonElement>(previous),
                ResourceVersion = read.ResourceVersion
            };
            return WrongIn(whole, read.Name) is { } wrong ? throw new JsonException(wrong) : whole;
        }
        catch (JsonException broken)
        {
            log.BrokenRecord(read.Name, broken.Message);
            return null;
        }
    }

    /// <summary>What no record written here says, so that nothing has to be done by it: an operation that never ends would keep its workload for good.</summary>
    private string? WrongIn(OperationRecord record, string name) =>
        NameOf(record.Id) != name ? $"it is a copy: the record of operation '{record.Id}' has the name {NameOf(record.Id)}"
        : record.StartedAt > clock.GetUtcNow() + s_mostAhead ? $"the operation has begun at {record.StartedAt:O}, which is yet to come"
        : record.DeadlineAt - record.StartedAt > s_longestTime ? $"its deadline {record.DeadlineAt:O} is further away than any"
        : !DeployPhases.All.Contains(record.Status.Phase) ? $"its phase '{record.Status.Phase}' is none"
        : !OperationIntent.All.Contains(record.Status.Intent) ? $"its intent '{record.Status.Intent}' is none"
        : record.HasEnded && record.Status.FinishedAt is null ? "it has ended but has no end time"
        : !record.HasEnded && record.Status.Intent != OperationIntent.Deploy && (record.Status.Ending is null || record.Status.ReturnBy is null)
            ? "it is ending but has no outcome"
        : Recorded.WrongIn(record);

    private OperationRecord? KnownAs(string name)
    {
        lock (_gate)
            return _idByName.TryGetValue(name, out var id) ? _byId.GetValueOrDefault(id) : null;
    }

    /// <summary>Whether this is news.</summary>
    private bool Remember(OperationRecord record)
    {
        lock (_gate)
        {
            if (_byId.TryGetValue(record.Id, out var known) && !known.IsLost && ulong.Parse(known.ResourceVersion) >= ulong.Parse(record.ResourceVersion))
                return false;
            _byId[record.Id] = record;
            _idByName[NameOf(record.Id)] = record.Id;
            if (!_byWorkload.TryGetValue(record.Workload, out var ids))
                _byWorkload[record.Workload] = ids = [];
            ids.Add(record.Id);
            return true;
        }
    }

    private OperationRecord Lose(OperationRecord record, KubeObject instead)
    {
        lock (_gate)
        {
            // Written anew by another replica already.
            if (_byId.TryGetValue(record.Id, out var known) && (known.IsLost || ulong.Parse(known.ResourceVersion) > ulong.Parse(instead.ResourceVersion)))
                return known;
            return _byId[record.Id] = record with { ResourceVersion = "" };
        }
    }

    private void Forget(OperationRecord record)
    {
        lock (_gate)
        {
            _idByName.Remove(NameOf(record.Id));
            if (_byId.Remove(record.Id) && _byWorkload.TryGetValue(record.Workload, out var ids) && ids.Remove(record.Id) && ids.Count == 0)
                _byWorkload.Remove(record.Workload);
        }
    }
}
