using System.Diagnostics.CodeAnalysis;

namespace DevopsCd.DeployService.Strategies;

/// <summary>The registered strategies by name.</summary>
internal sealed class StrategyCatalogue(IEnumerable<IDeployStrategy> strategies)
{
    private readonly Dictionary<string, IDeployStrategy> _byName = strategies.ToDictionary(s => s.Name, StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _byName.Keys;

    public IDeployStrategy this[string name] => _byName[name];

    public bool TryGet(string name, [NotNullWhen(true)] out IDeployStrategy? strategy) => _byName.TryGetValue(name, out strategy);

    /// <summary>The kinds all strategies together can deploy.</summary>
    public IEnumerable<string> Kinds => _byName.Values.SelectMany(s => s.Kinds).Distinct();

    public IEnumerable<string> ForKind(string kind) => _byName.Values.Where(s => s.Kinds.Contains(kind)).Select(s => s.Name);
}
