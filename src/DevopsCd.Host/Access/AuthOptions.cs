using System.ComponentModel.DataAnnotations;
using DevopsCd.Core.Access;
using DevopsCd.Core.Configuration;
using DevopsCd.Host.Access.Oidc;
using DevopsCd.Host.Access.Proxies;
using DevopsCd.Host.Access.Workloads;
using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Host.Access;

/// <summary>Section <c>core:auth</c>.</summary>
internal sealed class AuthOptions
{
    public const string Section = "core:auth";
    public const string ModeKey = $"{Section}:mode";

    /// <summary>How people are known: one of <see cref="AccessModes" />, or several separated by commas.</summary>
    public string Mode { get; init; } = AccessModes.Local;

    /// <summary>How long a session lasts without being used.</summary>
    [ConfigurationKeyName("session_idle"), DurationRange("1m", "30d")]
    public Duration SessionIdle { get; init; } = Duration.Hours(8);

    /// <summary>How long a session lasts at most.</summary>
    [ConfigurationKeyName("session_longest"), DurationRange("1m", "90d")]
    public Duration SessionLongest { get; init; } = Duration.Hours(24);

    /// <summary>How long an API token may be valid.</summary>
    [ConfigurationKeyName("token_longest"), DurationRange("1d", "3650d")]
    public Duration TokenLongest { get; init; } = Duration.Hours(24 * 365);

    /// <summary>How long the token is valid that a program gets by a device login.</summary>
    [ConfigurationKeyName("device_token"), DurationRange("5m", "90d")]
    public Duration DeviceToken { get; init; } = Duration.Hours(12);

    /// <summary>For how long the tokens of somebody work whom neither a login nor the provider has confirmed since.</summary>
    [ConfigurationKeyName("owner_absence"), DurationRange("1h", "3650d")]
    public Duration OwnerAbsence { get; init; } = Duration.Hours(24 * 90);

    /// <summary>
    /// Addresses and networks of the proxies in front: only their <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed, and in mode
    /// <c>proxy</c> their word for who asks.
    /// </summary>
    [ConfigurationKeyName("trusted_proxies")]
    public List<string> TrustedProxies { get; init; } = [];

    /// <summary>A file with a certificate and its RSA key, PEM or PKCS #12, that encrypts the keys in the database.</summary>
    [ConfigurationKeyName("key_certificate")]
    public string? KeyCertificate { get; init; }

    /// <summary>The password of <see cref="KeyCertificate" />.</summary>
    [ConfigurationKeyName("key_certificate_password")]
    public string? KeyCertificatePassword { get; init; }

    /// <summary>Files of certificates that were <see cref="KeyCertificate" /> before, under the same password, so that older keys can be read.</summary>
    [ConfigurationKeyName("former_key_certificates")]
    public List<string> FormerKeyCertificates { get; init; } = [];

    public OidcOptions Oidc { get; init; } = new();

    public ProxyOptions Proxy { get; init; } = new();

    public List<WorkloadOptions> Workloads { get; init; } = [];

    public IReadOnlyList<string> Modes => Mode.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public bool IsLocal => Has(AccessModes.Local);

    public bool Has(string mode) => Modes.Contains(mode, StringComparer.Ordinal);

    /// <summary>Reads the section; what is wrong goes to the reader.</summary>
    public static AuthOptions Read(ConfigurationReader reader)
    {
        var options = reader.Read<AuthOptions>(Section);
        foreach (var unknown in options.Modes.Except(AccessModes.All))
            reader.Wrong(ModeKey, $"'{unknown}' is unknown; known: {string.Join(", ", AccessModes.All)}"
                + $"{(NearestName.Of(unknown, AccessModes.All) is { } near ? $"; did you mean {near}?" : "")}");
        if (options.Modes.Count == 0)
            reader.Wrong(ModeKey, $"must be one or several of: {string.Join(", ", AccessModes.All)}");
        if (options.IsLocal && options.Modes.Count > 1)
            reader.Wrong(ModeKey, $"{AccessModes.Local} stands alone: with it nobody has to log in");
        if (options.SessionIdle.Value > options.SessionLongest.Value)
            reader.Wrong($"{Section}:session_idle", $"must not be longer than {Section}:session_longest");
        options.Look(reader);
        return options;
    }

    private void Look(ConfigurationReader reader)
    {
        for (var i = 0; i < TrustedProxies.Count; i++)
            if (!Proxies.TrustedProxies.TryParse(TrustedProxies[i], out _))
                reader.Wrong($"{Section}:trusted_proxies:{i}", "must be an address or a network such as 10.0.0.0/8");
        if (IsLocal && TrustedProxies.Count > 0)
            reader.Wrong($"{Section}:trusted_proxies", $"needs another {ModeKey} than {AccessModes.Local}, which is for this machine alone");
        if (Has(AccessModes.Proxy) && TrustedProxies.Count == 0)
            reader.Wrong($"{Section}:trusted_proxies", $"must list the proxies, because {ModeKey} has {AccessModes.Proxy}");
        if (Has(AccessModes.Oidc))
            foreach (var (key, allowed) in Oidc.Problems())
                reader.Wrong(key, allowed);
        var roles = Workloads.Count > 0 ? RoleBook.Names(reader.Read<AccessOptions>(AccessOptions.Section)) : [];
        foreach (var (key, allowed) in Workloads.SelectMany((workload, i) => workload.Problems(i, roles)))
            reader.Wrong(key, allowed);
        foreach (var twice in Workloads.GroupBy(workload => workload.Name, StringComparer.Ordinal).Where(same => same.Count() > 1))
            reader.Wrong(WorkloadOptions.Section, $"has the name '{twice.Key}' twice");
        foreach (var differing in Workloads.GroupBy(workload => workload.Issuer, StringComparer.Ordinal).Where(same =>
            same.Select(w => w.DiscoveryAddress).Distinct().Count() > 1))
            reader.Wrong(WorkloadOptions.Section, $"has several discovery addresses for '{differing.Key}'");
    }
}
