namespace DevopsCd.Contracts.Api;

/// <summary>A batch in a list.</summary>
public sealed record BatchSummary
{
    /// <summary>The number in URLs.</summary>
    public required long Id { get; init; }

    /// <summary>The correlation id in messages.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>The number for people.</summary>
    public required string BatchNumber { get; init; }

    /// <summary>What it is for.</summary>
    public required string Title { get; init; }

    /// <summary>The project it belongs to.</summary>
    public string? Project { get; init; }

    /// <summary>Who created it.</summary>
    public required string Initiator { get; init; }

    /// <summary>The state's code.</summary>
    public required int State { get; init; }

    /// <summary>Its English name.</summary>
    public required string StateName { get; init; }

    /// <summary>Its Chinese one.</summary>
    public required string StateLabel { get; init; }

    /// <summary>Accepted events so far; also the ETag.</summary>
    public required int Version { get; init; }

    /// <summary>How many applications.</summary>
    public required int Applications { get; init; }

    /// <summary>After a failed pre-deploy only a person starts it again.</summary>
    public required bool AutoDeployBlocked { get; init; }

    /// <summary>Why the last stage failed.</summary>
    public string? LastFailure { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}
