namespace DevopsCd.Contracts.Api;

/// <summary>A batch as lists show it.</summary>
public sealed record BatchSummary
{
    /// <summary>The batch's number for addresses.</summary>
    public required long Id { get; init; }

    /// <summary>The batch's id in messages.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>The batch's number for people.</summary>
    public required string BatchNumber { get; init; }

    /// <summary>What the batch is for.</summary>
    public required string Title { get; init; }

    /// <summary>The project that the batch belongs to.</summary>
    public string? Project { get; init; }

    /// <summary>The person who created the batch.</summary>
    public required string Initiator { get; init; }

    /// <summary>The code of the batch's state.</summary>
    public required int State { get; init; }

    /// <summary>The English name of the batch's state.</summary>
    public required string StateName { get; init; }

    /// <summary>The Chinese label of the batch's state.</summary>
    public required string StateLabel { get; init; }

    /// <summary>The number of events that the batch has accepted.</summary>
    public required int Version { get; init; }

    /// <summary>The number of applications in the batch.</summary>
    public required int Applications { get; init; }

    /// <summary>Whether the last pre-deploy failed, so that only a person can start it again.</summary>
    public required bool AutoDeployBlocked { get; init; }

    /// <summary>Why the last stage failed.</summary>
    public string? LastFailure { get; init; }

    /// <summary>When the batch was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the batch last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}
