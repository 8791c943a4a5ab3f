namespace DevopsCd.Contracts.Api;

/// <summary>What a deploy system reports about an operation.</summary>
public sealed record ReportBody
{
    /// <summary>How the operation stands: <c>progressing</c>, <c>succeeded</c> or <c>failed</c>.</summary>
    public required DeploymentPhase Phase { get; init; }

    /// <summary>A short cause that programs can read.</summary>
    public string? Reason { get; init; }

    /// <summary>The cause in words, for people.</summary>
    public string? Message { get; init; }
}
