namespace DevopsCd.Contracts.Api;

/// <summary>The approvals of a batch.</summary>
public sealed record BatchApprovals
{
    /// <summary>The batch's <c>id</c>.</summary>
    public required long BatchId { get; init; }

    /// <summary>The code of the batch's state.</summary>
    public required int State { get; init; }

    /// <summary>The English name of the batch's state.</summary>
    public required string StateName { get; init; }

    /// <summary>The hash of the present content; votes for other content do not count.</summary>
    public required string ContentHash { get; init; }

    /// <summary>The approval of the content.</summary>
    public required ApprovalState Release { get; init; }

    /// <summary>The approval of the start of production; absent where the policy asks for none.</summary>
    public ApprovalState? Production { get; init; }
}
