namespace DevopsCd.Core.MessageContracts;

/// <summary>One wrong field: where it is and what would be right.</summary>
/// <param name="Path">Where, as in <c>releases[0].application</c>.</param>
/// <param name="Fix">What would be right.</param>
/// <param name="IsForm">The form is wrong (missing, of another type), not the value.</param>
internal sealed record FieldError(string Path, string Fix, bool IsForm = false)
{
    public override string ToString() => $"{Path} {Fix}";
}
