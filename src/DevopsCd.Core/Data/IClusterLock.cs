namespace DevopsCd.Core.Data;

/// <summary>A lock that one holder in the whole cluster has; it goes with its holder's death.</summary>
internal interface IClusterLock
{
    /// <summary>Takes the lock, or null when somebody else has it.</summary>
    Task<IClusterHold?> TryTakeAsync(string name, CancellationToken cancellationToken);
}
