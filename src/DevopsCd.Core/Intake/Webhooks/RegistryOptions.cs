using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>A registry that may be asked for digests.</summary>
internal sealed class RegistryOptions
{
    /// <summary>As image names begin: <c>registry.example</c> or <c>registry.example:5000</c>.</summary>
    public string Host { get; init; } = "";

    /// <summary>Its address; <c>https://</c> and the host when empty.</summary>
    public string? Url { get; init; }

    /// <summary>Where its tokens come from, if not from itself: <c>gitlab.com</c> for <c>registry.gitlab.com</c>. It is shown the password.</summary>
    [ConfigurationKeyName("token_host")]
    public string? TokenHost { get; init; }

    public string? Username { get; init; }

    /// <summary><c>env:NAME</c>, <c>file:/path</c>, or the password itself.</summary>
    public string? Password { get; init; }

    public Uri Address => new(Url ?? $"https://{Host}");
}
