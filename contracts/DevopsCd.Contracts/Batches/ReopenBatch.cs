namespace DevopsCd.Contracts;

/// <summary>Open a sealed batch again (重新开放), so that a fix gets in. What has been deployed to pre-production and stays the same is not deployed again.</summary>
public sealed record ReopenBatch
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>Who asks for it.</summary>
    public required string Operator { get; init; }

    /// <summary>Why; required.</summary>
    public required string Reason { get; init; }

    /// <summary>The version the asker has seen; another version refuses the event. Null asks for no check.</summary>
    public int? ExpectedVersion { get; init; }
}
