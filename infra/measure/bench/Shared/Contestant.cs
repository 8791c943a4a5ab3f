namespace DevopsCd.Bench;

/// <summary>One way of doing the work, started against the given servers.</summary>
internal abstract class Contestant : IAsyncDisposable
{
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Creates what is needed and starts consuming.</summary>
    public abstract Task Start(string postgres, Uri rabbit);

    /// <summary>Publishes an event to the broker, as an outside producer would, without an outbox.</summary>
    public abstract Task Publish(Advance message);

    public abstract ValueTask DisposeAsync();

    /// <summary>Ends with the exception that kept a message from being worked on; never otherwise.</summary>
    public Task Failed => _failed.Task;

    /// <summary>A message could not be worked on: there is nothing more to measure.</summary>
    protected void Fail(Exception exception) => _failed.TrySetException(exception);
}
