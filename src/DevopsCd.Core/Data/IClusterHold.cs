namespace DevopsCd.Core.Data;

/// <summary>A cluster-wide lock that is held until it is disposed, or until it is lost.</summary>
internal interface IClusterHold : IAsyncDisposable
{
    /// <summary>Cancelled when the lock is gone, after which another may have it: the holder was frozen, or its database was away.</summary>
    CancellationToken Lost { get; }
}
