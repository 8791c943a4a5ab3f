namespace DevopsCd.Core.Parking;

/// <summary>The two queues that catch what nobody else took.</summary>
internal static class QueueNames
{
    /// <summary>The alternate exchange of everything inbound, and its queue.</summary>
    public const string Unrouted = "devopscd.unrouted";

    /// <summary>Where the broker puts what was delivered too often.</summary>
    public const string Dead = "devopscd.dead";

    /// <summary>No queue: the outbox, whose messages never reached one.</summary>
    public const string Outbox = "outbox";

    public static bool HasNoConsumer(string queue) => queue is Unrouted or Dead;
}
