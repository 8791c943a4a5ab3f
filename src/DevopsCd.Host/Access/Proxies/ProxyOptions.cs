using Microsoft.Extensions.Configuration;

namespace DevopsCd.Host.Access.Proxies;

/// <summary>Section <c>core:auth:proxy</c>: what a trusted proxy says about who asks.</summary>
internal sealed class ProxyOptions
{
    public const string Section = $"{AuthOptions.Section}:proxy";

    /// <summary>The header with the person's name. The proxy removes it from what it is sent.</summary>
    [ConfigurationKeyName("user_header")]
    public string UserHeader { get; init; } = "X-Forwarded-User";

    /// <summary>The header with the person's groups, separated by commas.</summary>
    [ConfigurationKeyName("groups_header")]
    public string GroupsHeader { get; init; } = "X-Forwarded-Groups";

    /// <summary>Only who is in this group gets in; without it whoever the proxy lets through.</summary>
    [ConfigurationKeyName("required_group")]
    public string? RequiredGroup { get; init; }
}
