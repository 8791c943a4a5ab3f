namespace DevopsCd.Core.Deployments;

/// <summary>What is to be said of a stage.</summary>
internal enum StageDecision
{
    /// <summary>Something runs or can start.</summary>
    Running,
    Completed,
    Failed,

    /// <summary>A cancel was asked for and nothing runs any more.</summary>
    Stopped
}
