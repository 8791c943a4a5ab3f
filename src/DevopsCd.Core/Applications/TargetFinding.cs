namespace DevopsCd.Core.Applications;

/// <summary>What whoever will deploy a target says of it.</summary>
internal sealed record TargetFinding
{
    public static TargetFinding Fine { get; } = new();

    /// <summary>Why it could not be checked, or null.</summary>
    public string? Unchecked { get; init; }

    /// <summary>Why it can never be deployed as it is, by field, in the words of whoever would have to; empty when it can.</summary>
    public IReadOnlyDictionary<string, string[]> Problems { get; init; } = new Dictionary<string, string[]>();
}
