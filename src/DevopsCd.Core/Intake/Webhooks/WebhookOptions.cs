using DevopsCd.Core.Configuration;
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
            foreach (var problem in source.Secrets.Select(Secret.Wrong).OfType<string>())
                yield return $"{Section}:sources:{name}:secrets {problem}";
        }

        for (var i = 0; i < Rules.Count; i++)
            if (string.IsNullOrWhiteSpace(Rules[i].Application))
                yield return $"{Section}:rules:{i}:application is missing";
        for (var i = 0; i < Registries.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(Registries[i].Host))
                yield return $"{Section}:registries:{i}:host is missing";
            if (Registries[i].Password is { } password && Secret.Wrong(password) is { } problem)
                yield return $"{Section}:registries:{i}:password {problem}";
        }
    }
}
