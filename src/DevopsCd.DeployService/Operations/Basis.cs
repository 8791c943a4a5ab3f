using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Operations;

/// <summary>
/// The versions of the target's objects that this process has last seen or written for one operation. Written with every decision, so
/// that no replica goes on from it with an older picture of the target: it would take what another replica of this service has done
/// for the doing of somebody else.
/// </summary>
internal sealed class Basis
{
    private readonly Dictionary<string, string> _versions = new(StringComparer.Ordinal);

    /// <summary>Known to this process already: what it was told last, or has written itself.</summary>
    private IReadOnlyDictionary<string, string>? _met;

    /// <summary>Notes the version of that object; of one that is not there, nothing.</summary>
    public void Note(KubeResource resource, string name, KubeObject? seen)
    {
        var key = $"{resource.Plural}/{name}";
        if (seen is null)
            _versions.Remove(key);
        else
            _versions[key] = seen.ResourceVersion;
    }

    /// <summary>What the decision that is being written rests on, by plural and name; what the last one did where this process has not looked.</summary>
    public IReadOnlyDictionary<string, string>? Written(IReadOnlyDictionary<string, string>? before)
    {
        if (_versions.Count > 0)
            _met = new Dictionary<string, string>(_versions, StringComparer.Ordinal);
        return _met ?? before;
    }

    /// <summary>Makes sure that this process knows what the last decision rests on.</summary>
    public async Task MeetAsync(OperationRecord record, Cluster cluster, CancellationToken cancellationToken)
    {
        if (record.Status.Basis is not { } basis || ReferenceEquals(basis, _met))
            return;
        await cluster.CatchUpAsync(record.Request.Namespace, basis, cancellationToken);
        _met = basis;
    }
}
