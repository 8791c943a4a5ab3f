namespace DevopsCd.DeployService.Strategies;

/// <summary>What a canary remembers between its steps.</summary>
internal sealed record CanaryState
{
    public int Step { get; init; }

    /// <summary>Since when the pods and the traffic of this step are as they should be.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>How many pods the workload is to have in all: what it had when this step was planned, or what somebody has said since.</summary>
    public int? Size { get; init; }

    /// <summary>How many old pods there were when this step was planned.</summary>
    public int? Before { get; init; }

    /// <summary>How many old pods this step leaves. Any other number is somebody else's and stays.</summary>
    public int? Old { get; init; }

    /// <summary>How many new pods this step has; null until it is planned.</summary>
    public int? New { get; init; }

    /// <summary>How many of them have been reached: from then on a number of somebody else's stays.</summary>
    public int? Settled { get; init; }

    /// <summary>When the analysis of this step was last asked, answered or not.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>How often in a row it gave no answer.</summary>
    public int Unanswered { get; init; }

    /// <summary>How many promotes this operation has used up.</summary>
    public int Promoted { get; init; }

    /// <summary>All steps are done; the new version takes the place of the old one.</summary>
    public bool Finalizing { get; init; }
}
