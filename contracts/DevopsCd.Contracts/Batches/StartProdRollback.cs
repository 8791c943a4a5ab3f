namespace DevopsCd.Contracts;

/// <summary>Take production back to what ran before the batch (开始正式回滚), in the reverse order of the dependencies. While production deploys it is a request: what is in flight ends first. Only a person may.</summary>
public sealed record StartProdRollback
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
