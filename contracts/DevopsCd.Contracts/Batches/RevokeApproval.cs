namespace DevopsCd.Contracts;

/// <summary>Take back the approval of a batch (撤销审核). Its votes are void; people approve anew.</summary>
public sealed record RevokeApproval
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
