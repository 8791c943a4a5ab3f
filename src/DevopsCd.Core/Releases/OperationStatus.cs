namespace DevopsCd.Core.Releases;

/// <summary>How one deployment operation stands.</summary>
internal enum OperationStatus
{
    /// <summary>Decided, not yet accepted by the deploy service; also between two tries.</summary>
    Pending,

    /// <summary>Accepted by the deploy service.</summary>
    Progressing,
    Succeeded,
    Failed,
    TimedOut,
    Stopped
}
