namespace DevopsCd.DeployService.Strategies;

/// <summary>What a canary remembers between its steps.</summary>
internal sealed record CanaryState
{
    public int Step { get; init; }

    /// <summary>Since when the pods and the traffic of this step are as they should be.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>When the analysis last gave an answer, and how often in a row it gave none.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    public int Unanswered { get; init; }

    /// <summary>How many promotes this operation has used up.</summary>
    public int Promoted { get; init; }

    /// <summary>All steps are done; the new version takes the place of the old one.</summary>
    public bool Finalizing { get; init; }
}
