namespace MassTransit;

/// <summary>The queue that takes schedule commands.</summary>
public sealed class QuartzEndpointOptions
{
    /// <summary>Messages fetched ahead; also the number of partitions that commands of one schedule are kept in order by.</summary>
    public int? PrefetchCount { get; set; } = 32;

    /// <summary>Commands handled at once; the prefetch count when it is not set.</summary>
    public int? ConcurrentMessageLimit { get; set; }

    /// <summary>Name of the queue.</summary>
    public string QueueName { get; set; } = "quartz";
}
