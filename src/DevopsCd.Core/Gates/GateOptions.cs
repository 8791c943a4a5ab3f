using DevopsCd.Core.Configuration;
using DevopsCd.Core.Outbound;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Gates;

/// <summary>Section <c>core:gates</c>: what the gates of policies may call.</summary>
internal sealed class GateOptions
{
    public const string Section = "core:gates";

    private const int LeastSecret = 8;

    /// <summary>
    /// Hosts that may be called: <c>host</c>, <c>host:port</c> or <c>*.domain</c>. Empty: every public host. A listed host may have a private address.
    /// </summary>
    [ConfigurationKeyName("allowed_hosts")]
    public List<string> AllowedHosts { get; set; } = [];

    /// <summary>Lets addresses be http.</summary>
    [ConfigurationKeyName("allow_http")]
    public bool AllowHttp { get; set; }

    /// <summary>Bounds one call.</summary>
    [ConfigurationKeyName("call_timeout"), DurationRange("100ms", "1m")]
    public Duration CallTimeout { get; set; } = Duration.Seconds(10);

    /// <summary>Secrets by the names that policies use for them. Never shown.</summary>
    [ConfigurationKeyName("secrets")]
    public Dictionary<string, string> Secrets { get; set; } = [];

    /// <summary>What it lets gates call.</summary>
    public OutboundRules Outbound() => new(Section, AllowHttp, AllowedHosts, CallTimeout);

    /// <summary>What it allows policies.</summary>
    public GateBounds Bounds() => new(Outbound(), Secrets.Keys);

    /// <summary>A secret by its name, without the white space that a mounted file left around it; null where none is named.</summary>
    public string? Secret(string? name) => name is null ? null : Secrets.GetValueOrDefault(name)?.Trim();

    /// <summary>What no call could be made with, by its key; never with the value.</summary>
    public IEnumerable<(string Key, string Allowed)> Problems()
    {
        foreach (var (name, secret) in Secrets)
            if (secret.Trim().Length < LeastSecret || !HeaderText.Fits(secret.Trim()))
                yield return ($"{Section}:secrets:{name}", $"must be {LeastSecret} or more visible ASCII characters");
            else if (!StandardWebhook.IsKey(secret.Trim()))
                yield return ($"{Section}:secrets:{name}", "begins with whsec_ and must then be Base64");
    }
}
