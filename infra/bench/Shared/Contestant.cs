namespace DevopsCd.Bench;

/// <summary>One way of doing the work, started against the given servers.</summary>
internal abstract class Contestant : IAsyncDisposable
{
    /// <summary>Creates what is needed and starts consuming.</summary>
    public abstract Task Start(string postgres, Uri rabbit);

    /// <summary>Publishes an event to the broker, as an outside producer would, without an outbox.</summary>
    public abstract Task Publish(Advance message);

    public abstract ValueTask DisposeAsync();
}
