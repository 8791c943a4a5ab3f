namespace DevopsCd.Contracts;

/// <summary>Somebody has approved a batch, and further people have to. The one whose approval is the last moves the batch instead.</summary>
public sealed record ApprovalGiven
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>The batch's number in URLs.</summary>
    public required long Id { get; init; }

    /// <summary>The batch's number for people.</summary>
    public required string BatchNumber { get; init; }

    /// <summary>The key of the event that was asked for: <c>approve</c> or <c>start_prod_deploy</c>.</summary>
    public required string Event { get; init; }

    /// <summary>Who approved.</summary>
    public required string Operator { get; init; }

    /// <summary>How many people have approved.</summary>
    public required int Votes { get; init; }

    /// <summary>How many have to.</summary>
    public required int Required { get; init; }

    /// <summary>Hash of the content that was approved.</summary>
    public required string ContentHash { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Why, where a reason was given.</summary>
    public string? Reason { get; init; }
}
