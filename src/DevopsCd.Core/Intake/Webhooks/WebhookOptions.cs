using DevopsCd.Core.Configuration;
using DevopsCd.Core.Intake.Webhooks.Sources;
using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>Section <c>core:intake</c>.</summary>
internal sealed class WebhookOptions
{
    public const string Section = "core:intake";

    /// <summary>Webhooks a second from one address to one source; more are answered 429.</summary>
    [ConfigurationKeyName("rate_limit")]
    public int RateLimit { get; init; } = 2000;

    /// <summary>How long a decided delivery is kept.</summary>
    public Duration Retention { get; init; } = new(TimeSpan.FromDays(14));

    /// <summary>The senders by name; one without a secret is closed.</summary>
    public Dictionary<string, SourceOptions> Sources { get; init; } = [];

    /// <summary>Which build belongs to which application; all that match are taken.</summary>
    public List<BuildRule> Rules { get; init; } = [];

    /// <summary>The registries that are asked for digests; no other host ever is.</summary>
    public List<RegistryOptions> Registries { get; init; } = [];

    /// <summary>The hosts of registries and of their token services, whose addresses may be private.</summary>
    public IReadOnlyCollection<string> RegistryHosts() => [.. Registries.SelectMany(r => new[] { r.Address.Host, r.TokenHost }).OfType<string>()];

    public SourceOptions? Source(string name) => Sources.GetValueOrDefault(name);

    /// <summary>Every wrong key with what is allowed.</summary>
    public IEnumerable<string> Wrong(IReadOnlyCollection<string> known)
    {
        if (RateLimit is < 1 or > 100_000)
            yield return $"{Section}:rate_limit must be 1..100000";
        foreach (var (name, source) in Sources)
        {
            if (!known.Contains(name))
                yield return $"{Section}:sources '{name}' is unknown; known: {string.Join(", ", known)}";
            if (source.Secrets.Count > 2)
                yield return $"{Section}:sources:{name}:secrets must be one, or two while one replaces the other";
            foreach (var problem in source.Secrets.Select(SecretReference.Wrong).OfType<string>())
                yield return $"{Section}:sources:{name}:secrets {problem}";
            foreach (var field in source.Fields.Keys.Except(name == "generic" ? GenericSource.Fields : []))
                yield return name == "generic"
                    ? $"{Section}:sources:{name}:fields:{field} is not a field; {(NearestName.Of(field, GenericSource.Fields) is { } near ? $"did you mean {near}?" : $"known: {string.Join(", ", GenericSource.Fields)}")}"
                    : $"{Section}:sources:{name}:fields:{field} has no effect: only the source generic is told where its fields are";
        }

        for (var i = 0; i < Rules.Count; i++)
            foreach (var problem in Rules[i].Wrong($"{Section}:rules:{i}").Concat(UnknownSource($"{Section}:rules:{i}:source", Rules[i].Source, known))
                .Concat(UnknownSource($"{Section}:rules:{i}:except:source", Rules[i].Except.Source, known)))
                yield return problem;
        for (var i = 0; i < Registries.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(Registries[i].Host))
                yield return $"{Section}:registries:{i}:host is missing";
            else if (!Uri.TryCreate(Registries[i].Url ?? $"https://{Registries[i].Host}", UriKind.Absolute, out var address)
                || address.Scheme is not ("http" or "https"))
                yield return $"{Section}:registries:{i}:{(Registries[i].Url is null ? "host must be a host, with its port where it has one" : "url must be an http or https address")}";
            if (Registries[i].Password is { } password && SecretReference.Wrong(password) is { } problem)
                yield return $"{Section}:registries:{i}:password {problem}";
        }
    }

    /// <summary>What takes no webhook although it is written down.</summary>
    public IEnumerable<string> Doubts()
    {
        foreach (var (name, _) in Sources.Where(s => s.Value.Secrets.Count == 0))
            yield return $"{Section}:sources:{name}:secrets is empty: the source is closed, and every webhook of it is answered 401";
        foreach (var name in Rules.Select(r => r.Source).OfType<string>().Where(s => !s.Contains('*')).Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(s => Source(s.ToLowerInvariant()) is null))
            yield return $"{Section}:rules names the source '{name}', which is closed: {Section}:sources:{name}:secrets is empty";
    }

    private static IEnumerable<string> UnknownSource(string key, string? pattern, IReadOnlyCollection<string> known)
    {
        if (pattern is null || known.Any(name => RulePatterns.IsMet(pattern, name)))
            yield break;
        yield return $"{key} '{pattern}' is not a source; {(NearestName.Of(pattern, known) is { } near ? $"did you mean {near}?" : $"known: {string.Join(", ", known)}")}";
    }
}
