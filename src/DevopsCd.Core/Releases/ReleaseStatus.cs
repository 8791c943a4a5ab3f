namespace DevopsCd.Core.Releases;

/// <summary>How an application stands in a stage.</summary>
internal enum ReleaseStatus
{
    None,
    Waiting,
    Deploying,
    Succeeded,
    Failed,
    TimedOut,

    /// <summary>Not started, because an application it depends on did not succeed.</summary>
    Held,

    /// <summary>No settings for the stage.</summary>
    Skipped,
    Stopped
}
