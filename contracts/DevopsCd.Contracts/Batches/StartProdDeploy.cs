namespace DevopsCd.Contracts;

/// <summary>Start the production stage (开始生产部署). Only a person may.</summary>
public sealed record StartProdDeploy
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>Who asks for it.</summary>
    public required string Operator { get; init; }

    /// <summary>Why; kept in the audit.</summary>
    public string? Reason { get; init; }

    /// <summary>Start although a freeze holds; needs the permission <c>freeze.override</c> and a reason.</summary>
    public bool OverrideFreeze { get; init; }

    /// <summary>Start at this time instead of at once; what stands in the way is asked then.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>With <c>notBefore</c>: give the start up then, if something stands in its way for so long. Null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The version the asker has seen; another version refuses the event. Null asks for no check.</summary>
    public int? ExpectedVersion { get; init; }
}
