namespace DevopsCd.Core.Gates;

/// <summary>How a gate that was asked stands.</summary>
internal enum GateStatus
{
    /// <summary>It was asked and has no result yet.</summary>
    Pending,
    Passed,
    Failed,

    /// <summary>Somebody lets pass what it would hold.</summary>
    Overridden,

    /// <summary>There was no result before the content, the attempt or the policy changed; nobody waits for one any more.</summary>
    Outdated
}
