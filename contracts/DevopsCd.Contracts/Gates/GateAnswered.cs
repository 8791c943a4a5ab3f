namespace DevopsCd.Contracts;

/// <summary>
/// The result of a gate: of a webhook by its receiver, with the permission `deployment.report`; of a manual gate by whoever has `approve`; in each
/// project of the batch. The same result again changes nothing.
/// </summary>
public sealed record GateAnswered
{
    /// <summary>The gate's id, as the webhook was told it.</summary>
    public required long GateId { get; init; }

    /// <summary>`passed` or `failed`.</summary>
    public required string Result { get; init; }

    /// <summary>Why; needed where it has failed.</summary>
    public string? Reason { get; init; }

    /// <summary>The content that was looked at; the result of a gate that was asked about other content is refused.</summary>
    public string? ContentHash { get; init; }
}
