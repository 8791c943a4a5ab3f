namespace DevopsCd.Testing.Chaos;

/// <summary>One minute under load.</summary>
public sealed record SoakMinute
{
    /// <summary>Since the beginning.</summary>
    public required int Minute { get; init; }

    /// <summary>Resident memory of the host.</summary>
    public required long HostMegabytes { get; init; }

    /// <summary>How many processors the host used.</summary>
    public required double HostCores { get; init; }

    /// <summary>From a person's command to its answer.</summary>
    public required Latencies Commands { get; init; }

    /// <summary>From a build over HTTP to its answer.</summary>
    public required Latencies Builds { get; init; }

    /// <summary>Builds that came in, by either way.</summary>
    public required int BuildsTaken { get; init; }

    /// <summary>Batches that have ended since the beginning.</summary>
    public required int BatchesEnded { get; init; }

    /// <summary>Events that watchers were sent.</summary>
    public required long Streamed { get; init; }

    /// <summary>Messages that wait in the outbox.</summary>
    public required long Outbox { get; init; }

    /// <summary>Messages that wait in queues.</summary>
    public required long Queued { get; init; }

    /// <summary>Size of the database.</summary>
    public required long DatabaseMegabytes { get; init; }
}
