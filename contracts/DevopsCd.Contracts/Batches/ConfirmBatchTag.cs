namespace DevopsCd.Contracts;

/// <summary>Seal a batch (封板确认): its builds and settings are locked.</summary>
public sealed record ConfirmBatchTag
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>Who asks for it.</summary>
    public required string Operator { get; init; }

    /// <summary>Why; kept in the audit.</summary>
    public string? Reason { get; init; }

    /// <summary>Hash of the content that was looked at; a batch whose content differs refuses. Null seals what is there.</summary>
    public string? ContentHash { get; init; }

    /// <summary>The version the asker has seen; another version refuses the event. Null asks for no check.</summary>
    public int? ExpectedVersion { get; init; }
}
