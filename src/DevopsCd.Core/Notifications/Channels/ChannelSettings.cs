using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>One entry of <c>core:notification:channels</c>. Which keys are needed depends on the type.</summary>
internal sealed class ChannelSettings
{
    /// <summary>The channel's own name, for people and rows.</summary>
    [ConfigurationKeyName("name")]
    public string Name { get; set; } = "";

    /// <summary>One of <see cref="NotificationChannels" />.</summary>
    [ConfigurationKeyName("type")]
    public string Type { get; set; } = "";

    /// <summary>The full address of the bot or receiver. A secret: most carry a token.</summary>
    [ConfigurationKeyName("url")]
    public string? Url { get; set => field = value?.Trim(); }

    /// <summary>Signing secret. White space around it is what a mounted file left there.</summary>
    [ConfigurationKeyName("secret")]
    public string? Secret { get; set => field = value?.Trim(); }

    /// <summary>For <c>webhook</c>: <c>notice</c> (one CloudEvent a notice) or <c>cdevents</c> (a batch of CDEvents where the notice maps to some).</summary>
    [ConfigurationKeyName("content")]
    public string Content { get; set; } = "notice";

    /// <summary>For <c>email</c>: the SMTP server.</summary>
    [ConfigurationKeyName("host")]
    public string? Host { get; set => field = value?.Trim(); }

    [ConfigurationKeyName("port")]
    public int Port { get; set; } = 587;

    /// <summary>For <c>email</c>: <c>starttls</c>, <c>ssl</c> or <c>none</c>.</summary>
    [ConfigurationKeyName("security")]
    public string Security { get; set; } = "starttls";

    /// <summary>For <c>email</c>: ask whether the server's certificate was revoked. A company's own authority often cannot say.</summary>
    [ConfigurationKeyName("check_revocation")]
    public bool CheckRevocation { get; set; } = true;

    [ConfigurationKeyName("username")]
    public string? Username { get; set => field = value?.Trim(); }

    [ConfigurationKeyName("password")]
    public string? Password { get; set => field = value?.TrimEnd('\r', '\n'); }

    [ConfigurationKeyName("from")]
    public string? From { get; set; }

    [ConfigurationKeyName("to")]
    public List<string> To { get; set; } = [];

    /// <summary>Everything that must never be shown.</summary>
    public IEnumerable<string> Secrets() => new[] { Url, Secret, Password }.OfType<string>().Where(s => s.Length > 0);

    /// <summary>A record prints its properties; this class must not.</summary>
    public override string ToString() => $"{Name} ({Type})";
}
