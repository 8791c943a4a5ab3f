using System.ComponentModel.DataAnnotations;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Outbound;
using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Notifications;

/// <summary>Section <c>core:notification</c>.</summary>
internal sealed class NotificationOptions
{
    public const string Section = "core:notification";

    /// <summary>Whether anybody is told at all.</summary>
    [ConfigurationKeyName("enabled")]
    public bool Enabled { get; set; } = true;

    /// <summary>Channel types that need no entry in <see cref="Channels" />, separated by commas: <c>lark</c>, <c>log</c>.</summary>
    [ConfigurationKeyName("provider")]
    public string Provider { get; set; } = NotificationChannels.Log;

    /// <summary>The bot's full address, for the provider <c>lark</c>. A secret.</summary>
    [ConfigurationKeyName("lark_webhook")]
    public string? LarkWebhook { get; set => field = value?.Trim(); }

    /// <summary>The bot's signing secret, if it asks for signatures.</summary>
    [ConfigurationKeyName("lark_secret")]
    public string? LarkSecret { get; set => field = value?.Trim(); }

    /// <summary>Further channels, each with its own name.</summary>
    [ConfigurationKeyName("channels")]
    public List<ChannelSettings> Channels { get; set; } = [];

    /// <summary>The channels of batches whose project chooses none, separated by commas; empty: every channel.</summary>
    [ConfigurationKeyName("default_channels")]
    public string? DefaultChannels { get; set; }

    /// <summary>What projects choose: a project's name (without regard to case) to channel names, separated by commas.</summary>
    [ConfigurationKeyName("projects")]
    public Dictionary<string, string> Projects { get; set; } = [];

    /// <summary>Where people open this system; the button of a notice leads there.</summary>
    [ConfigurationKeyName("public_url")]
    public string? PublicUrl { get; set; }

    /// <summary>Hosts that may be called: <c>host</c>, <c>host:port</c> or <c>*.domain</c>. Empty: every public host. A listed host may have a private address.</summary>
    [ConfigurationKeyName("allowed_hosts")]
    public List<string> AllowedHosts { get; set; } = [];

    /// <summary>Lets addresses be http.</summary>
    [ConfigurationKeyName("allow_http")]
    public bool AllowHttp { get; set; }

    /// <summary>IANA name of the time zone in which notices write times.</summary>
    [ConfigurationKeyName("time_zone")]
    public string TimeZone { get; set; } = "UTC";

    /// <summary>From this many failed applications on, a stage is told in one digest a minute.</summary>
    [ConfigurationKeyName("digest_above"), Range(0, 1000)]
    public int DigestAbove { get; set; } = 5;

    /// <summary>The least time between two messages of a stage with that many failures.</summary>
    [ConfigurationKeyName("digest_interval"), DurationRange("1s", "1h")]
    public Duration DigestInterval { get; set; } = Duration.Minutes(1);

    /// <summary>How often the senders look by themselves.</summary>
    [ConfigurationKeyName("poll_interval"), DurationRange("100ms", "1h")]
    public Duration PollInterval { get; set; } = Duration.Seconds(5);

    /// <summary>Time that one call of a service may take.</summary>
    [ConfigurationKeyName("send_timeout"), DurationRange("1s", "1m")]
    public Duration SendTimeout { get; set; } = Duration.Seconds(10);

    /// <summary>Tries after the first, before a notice is given up.</summary>
    [ConfigurationKeyName("retry_count"), Range(0, 100)]
    public int RetryCount { get; set; } = 11;

    /// <summary>Wait before the second try; doubled for every further one up to <see cref="RetryMax" />.</summary>
    [ConfigurationKeyName("retry_wait"), DurationRange("100ms", "1h")]
    public Duration RetryWait { get; set; } = Duration.Seconds(5);

    [ConfigurationKeyName("retry_max"), DurationRange("1s", "24h")]
    public Duration RetryMax { get; set; } = Duration.Minutes(15);

    /// <summary>What it lets the channels call.</summary>
    public OutboundRules Outbound() => new(Section, AllowHttp, AllowedHosts, SendTimeout);

    /// <summary>Reads the section; what is wrong goes to the reader, with what is allowed and without secrets.</summary>
    public static NotificationOptions Read(ConfigurationReader reader)
    {
        var options = reader.Read<NotificationOptions>(Section);
        foreach (var (key, problem) in NotificationProblems.Of(options))
            reader.Wrong(key, problem);
        return options;
    }

    /// <summary>Every configured channel: those of <see cref="Provider" /> under their type's name, then <see cref="Channels" />.</summary>
    public IEnumerable<ChannelSettings> AllChannels() => !Enabled
        ? []
        : Names(Provider)
            .Select(type => type == NotificationChannels.Lark
                ? new ChannelSettings { Name = type, Type = type, Url = LarkWebhook, Secret = LarkSecret }
                : new ChannelSettings { Name = type, Type = type })
            .Concat(Channels);

    /// <summary>A list of names as the configuration writes it.</summary>
    public static IReadOnlyList<string> Names(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
