namespace DevopsCd.Contracts;

/// <summary>Cancel a batch (取消批次). While pre-deploying it is a request: what is in flight ends first.</summary>
public sealed record CancelBatch
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>Who asks for it.</summary>
    public required string Operator { get; init; }

    /// <summary>Why; required.</summary>
    public required string Reason { get; init; }

    /// <summary>While production runs a part of the batch: true leaves it as it is, and without it the cancel is refused.</summary>
    public bool AcceptMoved { get; init; }

    /// <summary>The version the asker has seen; another version refuses the event. Null asks for no check.</summary>
    public int? ExpectedVersion { get; init; }
}
