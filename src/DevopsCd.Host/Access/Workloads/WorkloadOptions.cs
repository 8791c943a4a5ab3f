using DevopsCd.Core.Access;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Host.Access.Workloads;

/// <summary>
/// An entry of <c>core:auth:workloads</c>: CI jobs that prove themselves by a token of their own platform, so that none keeps a secret of ours.
/// </summary>
internal sealed class WorkloadOptions
{
    public const string Section = $"{AuthOptions.Section}:workloads";

    /// <summary>What bindings and the audit call it: <c>workload:NAME</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Who signs the tokens, as their <c>iss</c> says.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>Where the issuer's keys are, as its discovery document; without it below the issuer.</summary>
    public string? Discovery { get; init; }

    /// <summary>For whom the tokens are made: a value of its own for this service, never one that others ask for too.</summary>
    public string Audience { get; init; } = "";

    /// <summary>Claims that a token must have, each with exactly this value.</summary>
    public Dictionary<string, string> Claims { get; init; } = [];

    /// <summary>The role that the job has; without it only what is bound to <c>workload:NAME</c>.</summary>
    public string? Role { get; init; }

    /// <summary>The project in which it has the role.</summary>
    public string? Project { get; init; }

    /// <summary>The discovery document.</summary>
    public string DiscoveryAddress => Discovery ?? $"{Issuer.TrimEnd('/')}/.well-known/openid-configuration";

    /// <summary>The job as a subject.</summary>
    public Subject AsSubject() => new(SubjectKind.Workload, Name) { Grants = Role is null ? [] : [new Grant(Role, Project!, $"{Section}: {Name}")] };

    /// <summary>Every wrong key with what is allowed.</summary>
    public IEnumerable<(string Key, string Allowed)> Problems(int index, IReadOnlyCollection<string> roles)
    {
        var section = $"{Section}:{index}";
        if (Name.Length is 0 or > 100 || !Name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_'))
            yield return ($"{section}:name", "must be 1 to 100 letters, digits, '-', '.' and '_'");
        if (Issuer.Length == 0)
            yield return ($"{section}:issuer", "must be the claim iss of the tokens");
        if (!Uri.TryCreate(DiscoveryAddress, UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
            yield return ($"{section}:{(Discovery is null ? "issuer" : "discovery")}", "must be an https address");
        if (Audience.Length == 0)
            yield return ($"{section}:audience", "must be the claim aud of the tokens");
        // Everybody's jobs have tokens of the same issuer.
        if (Claims.Count == 0 || Claims.Values.Any(value => value.Length == 0))
            yield return ($"{section}:claims", "must name at least one claim with its value, for example repository_id");
        if (Role is not null && !roles.Contains(Role, StringComparer.Ordinal))
            yield return ($"{section}:role", $"must be one of: {string.Join(", ", roles)}");
        if (Role is null != Project is null)
            yield return ($"{section}:project", "is needed with role, and only with it; * is every project");
    }
}
