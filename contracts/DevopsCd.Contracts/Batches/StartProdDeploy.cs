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

    /// <summary>The version the asker has seen; another version refuses the event. Null asks for no check.</summary>
    public int? ExpectedVersion { get; init; }
}
