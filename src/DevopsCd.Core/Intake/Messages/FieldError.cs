namespace DevopsCd.Core.Intake.Messages;

/// <summary>One wrong field: where it is and what would be right.</summary>
internal sealed record FieldError(string Path, string Fix)
{
    public override string ToString() => $"{Path} {Fix}";
}
