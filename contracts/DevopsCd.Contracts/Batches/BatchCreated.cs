namespace DevopsCd.Contracts;

/// <summary>A batch was created.</summary>
public sealed record BatchCreated
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>The batch's number in URLs.</summary>
    public required long Id { get; init; }

    /// <summary>The batch's number for people.</summary>
    public required string BatchNumber { get; init; }

    /// <summary>What the batch is for.</summary>
    public required string Title { get; init; }

    /// <summary>The project it belongs to.</summary>
    public string? Project { get; init; }

    /// <summary>Who created it.</summary>
    public required string Operator { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}
