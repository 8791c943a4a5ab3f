using System.ComponentModel.DataAnnotations;

namespace DevopsCd.Shared;

/// <summary>Bounds a <see cref="Duration" />, both ends included; one that may be left out may be.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DurationRangeAttribute(string least, string most) : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is null || value is Duration duration && duration.Value >= Duration.Parse(least) && duration.Value <= Duration.Parse(most);

    public override string FormatErrorMessage(string name) => $"must be {least} to {most}";
}
