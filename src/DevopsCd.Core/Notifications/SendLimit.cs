namespace DevopsCd.Core.Notifications;

/// <summary>What was sent to one address lately, shared by all processes so that together they keep its service's limit.</summary>
internal sealed class SendLimit
{
    /// <summary>Hash of the address: the address itself is a secret.</summary>
    public required string Address { get; init; }

    /// <summary>UTC ticks of the latest sends, oldest first, separated by commas.</summary>
    public string Sends { get; set; } = "";

    /// <summary>The service asked for silence until then.</summary>
    public DateTimeOffset? BlockedUntil { get; set; }

    /// <summary>Compare-and-set.</summary>
    public long Version { get; set; }
}
