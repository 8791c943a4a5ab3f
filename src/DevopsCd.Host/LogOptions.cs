using System.ComponentModel.DataAnnotations;

namespace DevopsCd.Host;

/// <summary>Section <c>core:log</c>.</summary>
internal sealed class LogOptions
{
    public const string Section = "core:log";

    /// <summary>A line of text an event, or an object of JSON.</summary>
    [AllowedValues("text", "json")]
    public string Format { get; init; } = "text";
}
