namespace DevopsCd.Contracts.Api;

/// <summary>The result of a gate.</summary>
public sealed record GateResultBody
{
    /// <summary>`passed` or `failed`.</summary>
    public required string Result { get; init; }

    /// <summary>Why; needed where it has failed.</summary>
    public string? Reason { get; init; }

    /// <summary>The content that was looked at; the result of a gate that was asked about other content is refused.</summary>
    public string? ContentHash { get; init; }
}
