namespace DevopsCd.Contracts.Api;

/// <summary>A new batch that brings back what ran before an accepted one.</summary>
public sealed record BatchReverted
{
    /// <summary>The new batch; it waits for approval.</summary>
    public required BatchView Batch { get; init; }

    /// <summary>The applications of the accepted batch that are not in the new one, with the reason.</summary>
    public required IReadOnlyList<NotReverted> Left { get; init; }
}

/// <summary>An application that a revert leaves as it is.</summary>
public sealed record NotReverted
{
    /// <summary>The name of the application.</summary>
    public required string Application { get; init; }

    /// <summary>Why it is not in the new batch.</summary>
    public required string Reason { get; init; }
}
