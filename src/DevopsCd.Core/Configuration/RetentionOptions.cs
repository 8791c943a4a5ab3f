using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Configuration;

/// <summary>Section <c>core:retention</c>: how long rows are kept that nothing needs any more. What has no age here is kept for ever, as the audit is.</summary>
internal sealed class RetentionOptions
{
    public const string Section = "core:retention";

    private const string Least = "1d", Most = "3650d";

    /// <summary>Builds that no batch has, or had, and that are not the newest of their branch.</summary>
    [ConfigurationKeyName("builds"), DurationRange(Least, Most)]
    public Duration? Builds { get; init; }

    /// <summary>Notices that were sent or given up.</summary>
    [ConfigurationKeyName("notices"), DurationRange(Least, Most)]
    public Duration? Notices { get; init; }

    /// <summary>Deployment operations of ended batches whose evidence is archived.</summary>
    [ConfigurationKeyName("operations"), DurationRange(Least, Most)]
    public Duration? Operations { get; init; }

    /// <summary>Parked messages that somebody has decided about.</summary>
    [ConfigurationKeyName("parked"), DurationRange(Least, Most)]
    public Duration? Parked { get; init; }
}
