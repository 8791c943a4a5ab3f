namespace MassTransit;

/// <summary>Where scheduled messages are kept and how quickly the cluster notices them.</summary>
public sealed class QuartzMessageSchedulerOptions
{
    internal string? PostgresConnectionString { get; private set; }

    internal bool IsPersistent => PostgresConnectionString is not null;

    /// <summary>The scheduler's name; instances with the same name and database form one cluster.</summary>
    public string SchedulerName { get; set; } = "messages";

    /// <summary>This node's id in the cluster; made unique by Quartz when it is not set.</summary>
    public string? InstanceId { get; set; }

    /// <summary>Prefix of Quartz's tables; may name a schema.</summary>
    public string TablePrefix { get; set; } = "qrtz_";

    /// <summary>
    /// How often an idle node looks for triggers that another node stored. It bounds the lateness of a trigger
    /// only when the node that stored it is gone: a node always knows its own.
    /// </summary>
    public TimeSpan IdleWaitTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Messages sent at the same time by this node.</summary>
    public int MaxConcurrency { get; set; } = 16;

    /// <summary>How often a node of the cluster says that it lives.</summary>
    public TimeSpan CheckinInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How late a sign of life may be before the others take over a node's work. A node taken over by mistake does no
    /// harm: what both send carries the same message id.
    /// </summary>
    public TimeSpan CheckinMisfireThreshold { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one attempt to send may take before it is given up and retried later.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Keeps the schedule in PostgreSQL: it survives restarts and is shared by all nodes.</summary>
    public QuartzMessageSchedulerOptions UsePostgres(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        PostgresConnectionString = connectionString;
        return this;
    }

    /// <summary>Keeps the schedule in this process's memory: it is lost when the process ends.</summary>
    public QuartzMessageSchedulerOptions UseInMemory()
    {
        PostgresConnectionString = null;
        return this;
    }
}
