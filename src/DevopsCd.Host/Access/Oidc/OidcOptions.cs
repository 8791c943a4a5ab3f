using DevopsCd.Core.Configuration;
using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Host.Access.Oidc;

/// <summary>Section <c>core:auth:oidc</c>: the provider at which people log in.</summary>
internal sealed class OidcOptions
{
    public const string Section = $"{AuthOptions.Section}:oidc";

    /// <summary>The provider's address, below which its discovery document is found.</summary>
    public string Authority { get; init; } = "";

    /// <summary>What the provider calls this service.</summary>
    [ConfigurationKeyName("client_id")]
    public string ClientId { get; init; } = "";

    /// <summary>Proves to the provider that it is this service that asks; without it the proof is PKCE alone.</summary>
    [ConfigurationKeyName("client_secret")]
    public string? ClientSecret { get; init; }

    /// <summary>
    /// What is asked for; without it <c>openid profile email</c>, and <c>groups</c> and <c>offline_access</c> where the provider offers them.
    /// </summary>
    public List<string> Scopes { get; init; } = [];

    /// <summary>The claim with a person's name, which bindings and the audit say. People must not be able to choose its value themselves.</summary>
    [ConfigurationKeyName("name_claim")]
    public string NameClaim { get; init; } = "preferred_username";

    /// <summary>The claim with the groups a person is in.</summary>
    [ConfigurationKeyName("groups_claim")]
    public string GroupsClaim { get; init; } = "groups";

    /// <summary>Only who is in this group gets in; without it everybody the provider knows.</summary>
    [ConfigurationKeyName("required_group")]
    public string? RequiredGroup { get; init; }

    /// <summary>How often the provider is asked, while a session lasts, whether its person still gets in and with which groups.</summary>
    [ConfigurationKeyName("refresh_interval"), DurationRange("1s", "1d")]
    public Duration RefreshInterval { get; init; } = Duration.Minutes(5);

    /// <summary>What the login page calls the provider.</summary>
    public string Label { get; init; } = "single sign-on";

    /// <summary>Whether the provider is on this machine, where no HTTPS is needed.</summary>
    public bool IsOnLoopback => Uri.TryCreate(Authority, UriKind.Absolute, out var address) && address.IsLoopback;

    /// <summary>Every wrong key with what is allowed.</summary>
    public IEnumerable<(string Key, string Allowed)> Problems()
    {
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
            yield return ($"{Section}:authority", $"must be the https address of the provider, because {AuthOptions.ModeKey} has {AccessModes.Oidc}");
        if (ClientId.Length == 0)
            yield return ($"{Section}:client_id", $"is needed, because {AuthOptions.ModeKey} has {AccessModes.Oidc}");
        if (NameClaim.Length == 0)
            yield return ($"{Section}:name_claim", "must name a claim");
        if (GroupsClaim.Length == 0)
            yield return ($"{Section}:groups_claim", "must name a claim");
    }
}
