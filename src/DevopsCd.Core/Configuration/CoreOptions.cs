using System.ComponentModel.DataAnnotations;
using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Configuration;

/// <summary>Section <c>core</c>.</summary>
internal sealed class CoreOptions
{
    public const string Section = "core";

    /// <summary>How often the net of the three functions runs; reactions do not wait for it.</summary>
    [ConfigurationKeyName("scan_interval"), DurationRange("1s", "1h")]
    public Duration ScanInterval { get; init; } = Duration.Seconds(30);

    /// <summary>How messages travel.</summary>
    [AllowedValues("in-memory", "rabbitmq")]
    public string Transport { get; init; } = "in-memory";
}
